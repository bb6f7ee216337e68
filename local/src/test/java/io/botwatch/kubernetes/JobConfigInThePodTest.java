package io.botwatch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.botwatch.document.DocumentException;
import io.botwatch.job.JobConfig;
import io.botwatch.job.RuleHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The configurations of k8s/ are loaded as the job loads them, from what its pod mounts. */
class JobConfigInThePodTest {
    private static final String JAAS =
            "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"botwatch\" password=\"of a test\";";

    @TempDir
    private Path root;

    private JobConfig load(String folder) throws IOException {
        return JobConfig.load(mounts(folder).at(config()));
    }

    private PodMounts mounts(String folder) throws IOException {
        return PodMounts.lay(
                job().at("/spec/podTemplate/spec"),
                Map.of(
                        "botwatch", Manifest.FOLDER.resolve(folder).resolve("botwatch.yaml"),
                        "botwatch-rules", Manifest.ROOT.resolve("flink-conf/rules.yaml")),
                Map.of(
                        "botwatch-sketch", Map.of("sketch.key", "0123456789abcdef"),
                        "botwatch-kafka", Map.of("sasl.jaas.config", JAAS),
                        "botwatch-kafka-ca", Map.of("ca.crt", "-----BEGIN CERTIFICATE-----"),
                        "botwatch-object-store", Map.of("credentials", "[default]")),
                root);
    }

    private static JsonNode job() throws IOException {
        return Manifest.read(Manifest.FOLDER.resolve("base/job/flink-deployment.yaml")).get(0).content();
    }

    /** The argument behind {@code --config}. */
    private static String config() throws IOException {
        JsonNode arguments = job().at("/spec/job/args");
        assertThat(arguments.path(0).asText()).isEqualTo("--config");
        return arguments.path(1).asText();
    }

    private static List<Manifest> topics() throws IOException {
        return Manifest.read(Manifest.FOLDER.resolve("topics/topics.yaml"));
    }

    private static Properties settings(JsonNode topic) {
        Properties settings = new Properties();
        topic.at("/spec/config").fields().forEachRemaining(entry -> settings.setProperty(entry.getKey(), entry.getValue().asText()));
        return settings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "backfill"})
    void itLoadsWithTheRulesAsShipped(String folder) throws IOException {
        assertThat(load(folder).rules().rules()).isNotEmpty();
    }

    @Test
    void itDoesNotLoadWithoutTheSecretThatItNames() throws IOException {
        PodMounts mounts = mounts("base");
        Files.delete(mounts.at("/etc/botwatch/sketch.key"));
        assertThatThrownBy(() -> JobConfig.load(mounts.at(config())))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("sketch_secret_file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "backfill"})
    void kafkasClientsFindTheirSecretsInTheMountedFiles(String folder) throws IOException {
        JobConfig config = load(folder);
        Properties properties = new Properties();
        properties.putAll(config.kafka());
        properties.setProperty("bootstrap.servers", config.bootstrapServers());
        AdminClientConfig client = new AdminClientConfig(properties);
        assertThat(client.getPassword(SaslConfigs.SASL_JAAS_CONFIG).value()).isEqualTo(JAAS);
        assertThat(Path.of(client.getString(SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG))).isRegularFile();
    }

    @Test
    void theBackfillSharesNeitherOffsetsNorTransactionsWithTheLiveJob() throws IOException {
        JobConfig live = load("base");
        JobConfig backfill = load("backfill");
        assertThat(backfill.group()).isNotEqualTo(live.group());
        assertThat(backfill.transactionalIdPrefix()).isNotEqualTo(live.transactionalIdPrefix());
        assertThat(backfill.topics()).isEqualTo(live.topics());
        assertThat(backfill.findingsTopic()).isEqualTo(live.findingsTopic());
        assertThat(backfill.deadLetterTopic()).isEqualTo(live.deadLetterTopic());
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "backfill"})
    void itsTopicsAreTheOnesThatAreMade(String folder) throws IOException {
        JobConfig config = load(folder);
        List<String> used = new ArrayList<>(config.topics());
        used.add(config.findingsTopic());
        used.add(config.deadLetterTopic());
        assertThat(topics().stream().map(Manifest::name)).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void topicsHaveSettingsThatABrokerTakes() throws IOException {
        for (Manifest topic : topics()) {
            LogConfig.validate(settings(topic.content()));
        }
        Properties misspelt = settings(topics().get(0).content());
        misspelt.setProperty("retention.milliseconds", "1");
        assertThatThrownBy(() -> LogConfig.validate(misspelt)).hasMessageContaining("retention.milliseconds");
    }

    @Test
    void flowsAreKeptLongerThanTheLongestWindow() throws IOException {
        JobConfig config = load("base");
        JsonNode flows = topics().stream()
                .filter(topic -> config.topics().contains(topic.name()))
                .findFirst()
                .orElseThrow()
                .content();
        assertThat(flows.at("/spec/config/retention.ms").asLong()).isGreaterThan(RuleHistory.longestWindow(RuleHistory.of(config)).toMillis());
        assertThat(flows.at("/spec/partitions").asInt())
                .isGreaterThanOrEqualTo(job().at("/spec/flinkConfiguration").path("job.autoscaler.vertex.max-parallelism").asInt());
    }

    @Test
    void findingsAreCompactedByTheBrokersTime() throws IOException {
        JobConfig config = load("base");
        JsonNode findings = topics().stream()
                .filter(topic -> topic.name().equals(config.findingsTopic()))
                .findFirst()
                .orElseThrow()
                .content();
        assertThat(settings(findings))
                .containsEntry("cleanup.policy", "compact,delete")
                .containsEntry("message.timestamp.type", "LogAppendTime");
    }

    @Test
    void metricsAreScrapedWhereFlinkServesThem() throws IOException {
        String served = job().at("/spec/flinkConfiguration").path("metrics.reporter.prom.port").asText();
        JsonNode ports = job().at("/spec/podTemplate/spec/containers/0/ports");
        JsonNode metrics = StreamSupport.stream(ports.spliterator(), false)
                .filter(port -> port.path("containerPort").asText().equals(served))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no container port is the reporter's"));
        String name = metrics.path("name").asText();
        JsonNode monitor = Manifest.read(Manifest.FOLDER.resolve("base/pod-monitor.yaml")).get(0).content();
        assertThat(monitor.at("/spec/podMetricsEndpoints/0/port").asText()).isEqualTo(name);
        JsonNode policy = Manifest.read(Manifest.FOLDER.resolve("base/network.yaml")).stream()
                .filter(manifest -> manifest.name().equals("metrics-from-monitoring"))
                .findFirst()
                .orElseThrow()
                .content();
        assertThat(policy.at("/spec/ingress/0/ports/0/port").asText()).isEqualTo(name);
        JsonNode labels = job().at("/spec/podTemplate/metadata/labels");
        assertThat(monitor.at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(policy.at("/spec/podSelector/matchLabels")).isEqualTo(labels);
    }
}
