package io.botwatch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an overlay sends to the API server, as kubectl renders it. */
@Tag("kubectl")
class RenderedOverlaysTest {
    private static final Map<String, List<Manifest>> RENDERED = new HashMap<>();

    /** Once for all tests, since kubectl takes seconds to start; before each, so that each says that it is skipped. */
    @BeforeEach
    void render(@TempDir Path scratch) throws IOException, InterruptedException {
        if (!RENDERED.isEmpty()) {
            return;
        }
        Rendering.assumeKubectl(scratch);
        for (String overlay : List.of("overlays/dev", "overlays/prod")) {
            for (String folder : List.of(overlay, overlay + "/backfill", overlay + "/topics")) {
                RENDERED.put(folder, Rendering.of(folder, scratch));
            }
        }
    }

    /** The live job, the backfill and the savepoint of one environment. */
    private static List<Manifest> all(String overlay) throws IOException {
        List<Manifest> all = new ArrayList<>(RENDERED.get("overlays/" + overlay));
        String namespace = all.stream().filter(manifest -> manifest.kind().equals("Namespace")).findFirst().orElseThrow().name();
        all.addAll(RENDERED.get("overlays/" + overlay + "/backfill"));
        for (Manifest savepoint : Manifest.read(Manifest.FOLDER.resolve("savepoint.yaml"))) {
            // As kubectl create --namespace puts it there.
            ((ObjectNode) savepoint.content().path("metadata")).put("namespace", namespace);
            all.add(savepoint);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void everyDocumentHoldsAgainstItsKind(String overlay) throws IOException {
        List<Manifest> topics = RENDERED.get("overlays/" + overlay + "/topics");
        assertThat(topics).hasSize(3);
        ManifestCheck check = new ManifestCheck();
        assertThat(check.problems(topics)).isEmpty();
        assertThat(check.problems(all(overlay).stream().filter(manifest -> !OperatorSchemas.define(manifest)).toList())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void everyDocumentOfTheOperatorHoldsAgainstItsDefinition(String overlay) throws IOException {
        List<Manifest> documents = all(overlay).stream().filter(OperatorSchemas::define).toList();
        assertThat(documents).hasSize(3);
        assertThat(new ManifestCheck().problems(documents)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void whatIsNamedIsThere(String overlay) throws IOException {
        List<Manifest> all = all(overlay);
        assertThat(References.unresolved(all)).isEmpty();

        // The names do bind: without the accounts, or in another namespace, they are missed.
        assertThat(References.unresolved(
                        all.stream().filter(manifest -> !manifest.kind().equals("ServiceAccount")).toList()))
                .anyMatch(problem -> problem.startsWith("FlinkDeployment botwatch-backfill names ServiceAccount"))
                .anyMatch(problem -> problem.startsWith("RoleBinding botwatch-taskmanager names ServiceAccount"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void noSecretIsWrittenDown(String overlay) throws IOException {
        assertThat(all(overlay)).noneMatch(manifest -> manifest.kind().equals("Secret"));
    }

    @Test
    void theBackfillHasItsOwnNamesAndNoSavepoints() {
        Manifest backfill = RENDERED.get("overlays/prod/backfill").stream()
                .filter(manifest -> manifest.kind().equals("FlinkDeployment"))
                .findFirst()
                .orElseThrow();
        assertThat(backfill.name()).isEqualTo("botwatch-backfill");
        assertThat(backfill.content().at("/spec/job/upgradeMode").asText()).isEqualTo("stateless");
        assertThat(backfill.content().at("/spec/job/args").toString()).contains("--backfill", "--from", "--to");
        assertThat(backfill.content().at("/spec/flinkConfiguration").has("kubernetes.operator.periodic.savepoint.interval")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"overlays/dev", "overlays/prod", "overlays/dev/backfill", "overlays/prod/backfill"})
    void podsMayDoNoMoreThanTheyMust(String overlay) {
        Manifest job = RENDERED.get(overlay).stream()
                .filter(manifest -> manifest.kind().equals("FlinkDeployment"))
                .findFirst()
                .orElseThrow();
        assertThat(job.content().at("/spec/podTemplate/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(job.content().at("/spec/podTemplate/spec/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        assertThat(job.content().at("/spec/podTemplate/spec/containers/0/securityContext").toString())
                .isEqualTo("{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"drop\":[\"ALL\"]},\"readOnlyRootFilesystem\":true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev", "prod"})
    void theLogIsTheOneOfFlinkConf(String overlay) throws IOException {
        String layout = Files.readString(Manifest.ROOT.resolve("flink-conf/log4j2-json.properties"));
        List<Manifest> all = all(overlay);
        assertThat(all.stream().filter(manifest -> manifest.kind().equals("FlinkDeployment")).toList())
                .hasSize(2)
                .allSatisfy(job -> assertThat(job.content().at("/spec/logConfiguration/log4j-console.properties").asText())
                        .isEqualTo(layout));
        assertThat(all).noneMatch(manifest -> manifest.name().startsWith("botwatch-logging"));
    }
}
