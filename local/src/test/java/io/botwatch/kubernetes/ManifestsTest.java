package io.botwatch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server would drop in silence or refuse, found without one. */
class ManifestsTest {
    /** Files that are no manifests, and who judges them. */
    private static final Set<String> JOB_CONFIGURATIONS = Set.of("k8s/base/botwatch.yaml", "k8s/backfill/botwatch.yaml");

    private static final String NAME_REFERENCES = "k8s/base/job/name-references.yaml";

    private static List<Manifest> manifests() throws IOException {
        List<Manifest> manifests = new ArrayList<>();
        for (Path file : Manifest.files()) {
            String name = Manifest.ROOT.relativize(file).toString();
            // JobConfigInThePodTest loads them.
            if (!JOB_CONFIGURATIONS.contains(name) && !name.equals(NAME_REFERENCES)) {
                manifests.addAll(Manifest.read(file));
            }
        }
        manifests.addAll(Manifest.read(Manifest.ROOT.resolve("flink-conf/kustomization.yaml")));
        for (Manifest kustomization : List.copyOf(manifests)) {
            manifests.addAll(Kustomization.inlinePatches(kustomization));
        }
        return manifests;
    }

    @Test
    void everyDocumentHoldsAgainstItsKind() throws IOException {
        List<Manifest> manifests =
                manifests().stream().filter(manifest -> !OperatorSchemas.define(manifest)).toList();
        assertThat(new ManifestCheck().problems(manifests)).isEmpty();
        assertThat(manifests.stream().map(Manifest::kind).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "NetworkPolicy", "Role", "RoleBinding", "ServiceAccount",
                        "PodDisruptionBudget", "PodMonitor", "KafkaTopic", "Namespace", "Kustomization", "Component");
    }

    @Test
    void everyDocumentOfTheOperatorHoldsAgainstItsDefinition() throws IOException {
        List<Manifest> manifests = manifests().stream().filter(OperatorSchemas::define).toList();
        assertThat(new ManifestCheck().problems(manifests)).isEmpty();
        assertThat(manifests.stream().map(Manifest::kind).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder("FlinkDeployment", "FlinkStateSnapshot");
    }

    @Test
    void whereKindsNameConfigMapsIsWrittenAsKustomizeReadsIt() throws IOException {
        Manifest references = Manifest.read(Manifest.ROOT.resolve(NAME_REFERENCES)).get(0);
        assertThat(StrictModel.problems(references.content(), Kustomization.NameReferences.class)).isEmpty();
    }

    @Test
    void everySecretThatIsNamedIsDocumented() throws IOException {
        String documented = Files.readString(Manifest.ROOT.resolve("docs/kubernetes.md"));
        assertThat(References.secrets(manifests()))
                .hasSize(4)
                .allSatisfy(secret -> assertThat(documented).contains("| `" + secret + "` |"));
    }

    /** Each plants one fault into what is shipped, and must be told its name. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "FlinkDeployment     | botwatch         | upgradeMode: savepoint       | upgradMode: savepoint      | upgradMode",
        "FlinkDeployment     | botwatch         | flinkVersion: v2_2           | flinkVersion: v9_9         | flinkVersion",
        "FlinkDeployment     | botwatch         | parallelism: 4               | parallelism: two           | parallelism",
        "FlinkDeployment     | botwatch         | readOnlyRootFilesystem: true | readOnlyRootFileSystem: on | readOnlyRootFileSystem",
        "FlinkDeployment     | botwatch         | containerPort: 9249          | containerPort: metrics     | containerPort",
        "FlinkDeployment     | botwatch         | memory: 6g                   | memroy: 6g                 | memroy",
        "FlinkDeployment     | botwatch         | name: botwatch               | nmae: botwatch             | nmae",
        "FlinkStateSnapshot  |                  | jobReference:                | jobRef:                    | jobRef",
        "FlinkStateSnapshot  |                  | formatType: CANONICAL        | formatType: CANONCIAL      | formatType",
        "NetworkPolicy       | default-deny     | podSelector                  | podSelecter                | podSelecter",
        "NetworkPolicy       | kafka            | port: 9093                   | prot: 9093                 | prot",
        "NetworkPolicy       | kafka            | matchLabels                  | matchLables                | matchLables",
        "Role                | botwatch-jobmanager | verbs: [get, delete]      | verb: [get, delete]        | verb",
        "RoleBinding         | botwatch-jobmanager | roleRef                   | roleref                    | roleref",
        "ServiceAccount      | botwatch-jobmanager | labels                    | lables                     | lables",
        "PodDisruptionBudget | botwatch-taskmanager | minAvailable: 1          | minAvailible: 1            | minAvailible",
        "PodMonitor          | botwatch         | podMetricsEndpoints          | podMetricEndpoints         | podMetricEndpoints",
        "PodMonitor          | botwatch         | port: metrics                | prot: metrics              | prot",
        "PodMonitor          | botwatch         | interval: 30s                | interval: 30               | interval",
        "KafkaTopic          | netflow          | partitions: 12               | partition: 12              | partition",
        "KafkaTopic          | netflow          | replicas: 3                  | replicas: three            | replicas",
        "KafkaTopic          | netflow          | kafka.strimzi.io/v1          | kafka.strimzi.io/v9        | unknown kind",
        "Namespace           | botwatch         | 'enforce: restricted'        | 'enforce: 1'               | enforce",
        "Kustomization       |                  | resources                    | resource                   | resource",
    })
    void aFaultIsReportedByName(String kind, String name, String right, String wrong, String reported) throws IOException {
        ManifestCheck check = new ManifestCheck();
        Map.Entry<String, Manifest> planted = plant(kind, name, right, wrong);
        assertThat(check.problems(planted.getValue()))
                .as(planted.getKey())
                .isNotEmpty()
                .anyMatch(problem -> problem.contains(reported));
    }

    @Test
    void aKindOfWhichNothingIsKnownIsReported() throws IOException {
        Manifest cronJob = Manifest.parse("cron.yaml", "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: x}\n").get(0);
        Manifest none = Manifest.parse("none.yaml", "name: x\n").get(0);
        assertThat(new ManifestCheck().problems(List.of(cronJob, none)))
                .containsExactly("cron.yaml#0 CronJob: unknown kind batch/v1/CronJob", "none.yaml#0 : unknown kind /");
    }

    @Test
    void aFaultInAnInlinePatchIsReported() throws IOException {
        Manifest overlay = Manifest.parse("x.yaml", """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                patches:
                  - patch: |-
                      apiVersion: flink.apache.org/v1beta1
                      kind: FlinkDeployment
                      metadata: {name: any}
                      spec: {taskManager: {resources: {cpu: 1}}}
                """).get(0);
        assertThat(new ManifestCheck().problems(Kustomization.inlinePatches(overlay))).singleElement().asString().contains("resources");
    }

    /** The first document of the kind and name, with the first occurrence of a text replaced. */
    private static Map.Entry<String, Manifest> plant(String kind, String name, String right, String wrong) throws IOException {
        for (Path file : Manifest.files()) {
            for (String text : Files.readString(file).split("(?m)^---$")) {
                for (Manifest manifest : Manifest.parse(file.toString(), text)) {
                    if (manifest.kind().equals(kind) && (name == null || manifest.name().equals(name)) && text.contains(right)) {
                        String changed = text.replaceFirst(Pattern.quote(right), wrong);
                        return Map.entry(changed, Manifest.parse(file.toString(), changed).get(0));
                    }
                }
            }
        }
        throw new AssertionError("no " + kind + " " + name + " with '" + right + "'");
    }
}
