package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flink's configuration as files, by profile, and in FlinkDeployments. */
class FlinkConfigurationTest {
    private static final Path ROOT = Path.of(System.getProperty("botwatch.root"));
    private static final Path CONFIG = ROOT.resolve("flink-conf/config.yaml");
    private static final YAMLMapper YAML = new YAMLMapper();

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
        Map<String, String> settings = new TreeMap<>();
        try {
            for (JsonNode document : YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile()).readAll()) {
                add(settings, document);
                for (JsonNode patch : document.path("patches")) {
                    add(settings, YAML.readTree(patch.path("patch").asText()));
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

    /** Flink works its memory out at start, and does not start where the parts do not fit. */
    @ParameterizedTest
    @ValueSource(strings = {"laptop", "session"})
    void theMemoryOfAProfileIsEnough(String profile) {
        Configuration configuration = Configuration.fromMap(flat(CONFIG));
        flat(ROOT.resolve("flink-conf/profiles").resolve(profile + ".yaml")).forEach(configuration::setString);
        assertThat(managedMemoryOf(configuration)).isGreaterThan(MemorySize.ofMebiBytes(512));

        configuration.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(512));
        assertThatThrownBy(() -> managedMemoryOf(configuration)).isInstanceOf(IllegalConfigurationException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "base/job/flink-deployment.yaml, application",
        "base/job/flink-deployment.yaml, backfill",
        "overlays/dev/environment/kustomization.yaml, application",
        "overlays/dev/environment/kustomization.yaml, backfill"
    })
    void theMemoryOfADeploymentIsEnough(String file, String profile) throws IOException {
        Configuration configuration = Configuration.fromMap(flat(CONFIG));
        flat(ROOT.resolve("flink-conf/profiles/application.yaml")).forEach(configuration::setString);
        flat(ROOT.resolve("flink-conf/profiles").resolve(profile + ".yaml")).forEach(configuration::setString);
        JsonNode spec = YAML.readTree(ROOT.resolve("k8s").resolve(file).toFile());
        spec = (spec.has("patches") ? YAML.readTree(spec.at("/patches/0/patch").asText()) : spec).path("spec");
        configuration.setString("jobmanager.memory.process.size", spec.at("/jobManager/resource/memory").asText());
        configuration.setString("taskmanager.memory.process.size", spec.at("/taskManager/resource/memory").asText());
        assertThat(managedMemoryOf(configuration)).isGreaterThan(MemorySize.ofMebiBytes(1_024));
    }

    /** Of a TaskManager; JobManager's memory is worked out, too. */
    private static MemorySize managedMemoryOf(Configuration configuration) {
        JobManagerProcessUtils.processSpecFromConfig(configuration);
        return TaskExecutorProcessUtils.processSpecFromConfig(configuration).getManagedMemorySize();
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
