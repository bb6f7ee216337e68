package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flink's configuration as files, by profile, and in FlinkDeployments. */
class FlinkConfigurationTest {
    private static final Path ROOT = Path.of(System.getProperty("botwatch.root"));
    private static final Path CONFIG = ROOT.resolve("flink-conf/config.yaml");

    static Stream<Path> files() throws IOException {
        try (Stream<Path> profiles = Files.list(ROOT.resolve("flink-conf/profiles"))) {
            return Stream.concat(Stream.of(CONFIG), profiles.sorted().toList().stream());
        }
    }

    /** The files of k8s/ that have a flinkConfiguration. */
    static Stream<Path> deployments() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("k8s"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !settings(file).isEmpty())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Map<String, String> flat(Path file) {
        Section root = YamlDocument.load(file).root();
        Map<String, String> settings = new TreeMap<>();
        root.keys().forEach(key -> settings.put(key, root.text(key, 4_000)));
        return settings;
    }

    /** The flinkConfiguration of a FlinkDeployment, of a patch of one, or of a patch within a kustomization. */
    private static Map<String, String> settings(Path file) {
        YAMLMapper yaml = new YAMLMapper();
        Map<String, String> settings = new TreeMap<>();
        try {
            for (JsonNode document : yaml.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile()).readAll()) {
                add(settings, document);
                for (JsonNode patch : document.path("patches")) {
                    add(settings, yaml.readTree(patch.path("patch").asText()));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
        return settings;
    }

    private static void add(Map<String, String> settings, JsonNode deployment) {
        deployment.at("/spec/flinkConfiguration").fields().forEachRemaining(
                // A patch takes a setting away with null.
                entry -> settings.put(entry.getKey(), entry.getValue().isNull() ? null : entry.getValue().asText()));
    }

    private static List<String> problems(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(entry -> FlinkOptions.problem(entry.getKey(), entry.getValue() == null ? "" : entry.getValue()))
                .filter(problem -> !problem.isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyKeyOfAFileIsOneOfFlinksAndItsValueIsRead(Path file) {
        Map<String, String> settings = flat(file);
        assertThat(settings).isNotEmpty();
        assertThat(problems(settings)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void everyKeyOfADeploymentIsOneOfFlinksOrTheOperators(Path file) {
        assertThat(problems(settings(file))).isEmpty();
    }

    @Test
    void theDeploymentsAreTheOnesThatAreThere() throws IOException {
        assertThat(deployments().map(file -> ROOT.resolve("k8s").relativize(file).toString()))
                .containsExactlyInAnyOrder(
                        "backfill/bounded.yaml",
                        "base/job/flink-deployment.yaml",
                        "overlays/dev/environment/kustomization.yaml",
                        "overlays/prod/environment/kustomization.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "state.backend.typ=rocksdb",
        "jobmanager.scheduler=adaptve",
        "execution.checkpointing.timeout=5 fortnights",
        "taskmanager.numberOfTaskSlots=two",
        "kubernetes.operator.savepoint.format=NATIVE",
        "job.autoscaler.enable=true"
    })
    void aFaultIsReportedByName(String setting) {
        String[] parts = setting.split("=");
        assertThat(FlinkOptions.problem(parts[0], parts[1])).startsWith(parts[0]);
    }

    @Test
    void theLiveJobRunsWithTheProfileOfAnApplication() {
        Map<String, String> expected = flat(CONFIG);
        expected.putAll(flat(ROOT.resolve("flink-conf/profiles/application.yaml")));
        Map<String, String> deployed = settings(ROOT.resolve("k8s/base/job/flink-deployment.yaml"));
        deployed.keySet().removeIf(key -> FlinkOptions.isOperators(key) || key.equals("kubernetes.taskmanager.service-account"));
        assertThat(deployed).isEqualTo(expected);
    }

    @Test
    void theBackfillRunsWithTheProfileOfABackfill() {
        Map<String, String> patched = settings(ROOT.resolve("k8s/backfill/bounded.yaml"));
        patched.keySet().removeIf(FlinkOptions::isOperators);
        assertThat(patched).isEqualTo(flat(ROOT.resolve("flink-conf/profiles/backfill.yaml")));
    }
}
