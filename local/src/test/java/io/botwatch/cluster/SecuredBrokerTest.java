package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.local.CommandLineRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with TLS, client certificates, SCRAM and an authorizer: the rights that docs/operate.md lists are enough, and needed. */
@Tag("cluster")
class SecuredBrokerTest {
    private static final String PASSWORD = "only-in-a-file-7f3a";
    private static final String STORE_PASSWORD = "of-the-stores";
    private static final int PARTITIONS = 2;

    @TempDir
    static Path folder;

    private static KafkaBroker broker;
    private static Path day;
    private static Map<String, String> truth;

    @BeforeAll
    static void start() throws Exception {
        keytool("-genkeypair", "-alias", "broker", "-keyalg", "RSA", "-dname", "CN=broker", "-ext", "SAN=ip:127.0.0.1",
                "-storetype", "PKCS12", "-keystore", path("broker.p12"));
        keytool("-genkeypair", "-alias", "job", "-keyalg", "RSA", "-dname", "CN=botwatch", "-storetype", "PKCS12", "-keystore", path("job.p12"));
        keytool("-exportcert", "-rfc", "-alias", "broker", "-keystore", path("broker.p12"), "-file", path("broker.crt"));
        keytool("-exportcert", "-rfc", "-alias", "job", "-keystore", path("job.p12"), "-file", path("job.crt"));
        broker = new KafkaBroker(
                folder.resolve("kafka"),
                "SASL_SSL",
                Map.ofEntries(
                        Map.entry("ssl.keystore.type", "PKCS12"),
                        Map.entry("ssl.keystore.location", path("broker.p12")),
                        Map.entry("ssl.keystore.password", STORE_PASSWORD),
                        // The broker is a client of itself, so it trusts its own certificate, too.
                        Map.entry("ssl.truststore.type", "PEM"),
                        Map.entry("ssl.truststore.location", trusted()),
                        Map.entry("ssl.client.auth", "required"),
                        Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
                        Map.entry("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512"),
                        Map.entry("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", jaas("admin", "of-the-admin")),
                        Map.entry("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
                        Map.entry("super.users", "User:admin;User:ANONYMOUS")),
                List.of("--add-scram", "SCRAM-SHA-512=[name=admin,password=of-the-admin]",
                        "--add-scram", "SCRAM-SHA-512=[name=botwatch,password=" + PASSWORD + "]"),
                client("admin", "of-the-admin"));
        Files.writeString(folder.resolve("jaas.properties"), "jaas=" + jaas("botwatch", PASSWORD) + "\n");
        Files.writeString(folder.resolve("wrong.properties"), "jaas=" + jaas("botwatch", "wrong-" + PASSWORD) + "\n");

        day = folder.resolve("day.json");
        run("generate", "--hours", "6", "--scale", "0.05", "--seed", "33", "--out", day.toString());
        CommandLineRun detect = CommandLineRun.of("detect", day.toString(), "--out", "-");
        truth = Emissions.of(detect.out().lines().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList()).finals();
        broker.topics().create(PARTITIONS, "netflow", "botwatch-findings", "botwatch-dead-letters");
        Map<String, Object> producer = new HashMap<>(broker.topics().client());
        try (KafkaProducer<byte[], byte[]> out = new KafkaProducer<>(producer, new ByteArraySerializer(), new ByteArraySerializer())) {
            int sent = 0;
            for (String line : Files.readAllLines(day)) {
                out.send(new ProducerRecord<>("netflow", sent++ % PARTITIONS, null, line.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    @AfterAll
    static void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void theListedRightsAreEnoughAndWithoutThemItIsToldWhatIsMissing() throws Exception {
        CommandLineRun withoutRights = CommandLineRun.of("backfill", "--config", config("jaas.properties").toString());
        assertThat(withoutRights.exitCode()).isEqualTo(2);
        assertThat(withoutRights.err()).contains("source.topics: there is no topic 'netflow'", "let the user describe it");

        broker.topics().admin().createAcls(List.of(
                        right(ResourceType.TOPIC, "netflow", PatternType.LITERAL, AclOperation.READ),
                        right(ResourceType.GROUP, "botwatch", PatternType.PREFIXED, AclOperation.READ),
                        right(ResourceType.TOPIC, "botwatch-findings", PatternType.LITERAL, AclOperation.WRITE),
                        right(ResourceType.TOPIC, "botwatch-findings", PatternType.LITERAL, AclOperation.READ),
                        right(ResourceType.TOPIC, "botwatch-dead-letters", PatternType.LITERAL, AclOperation.WRITE),
                        right(ResourceType.TOPIC, "botwatch-dead-letters", PatternType.LITERAL, AclOperation.READ),
                        right(ResourceType.TRANSACTIONAL_ID, "botwatch", PatternType.PREFIXED, AclOperation.WRITE)))
                .all()
                .get();
        run("backfill", "--config", config("jaas.properties").toString());
        assertThat(Emissions.of(Emissions.records(broker.topics().client(), "botwatch-findings")).finals())
                .containsExactlyEntriesOf(truth);
    }

    @Test
    void aWrongPasswordIsToldAndNotShown() throws Exception {
        CommandLineRun refused = CommandLineRun.of("backfill", "--config", config("wrong.properties").toString());
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err())
                .contains("source.bootstrap_servers: no answer from a broker", "Authentication failed")
                .doesNotContain(PASSWORD);
    }

    private static AclBinding right(ResourceType type, String name, PatternType pattern, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:botwatch", "*", operation, AclPermissionType.ALLOW));
    }

    private static Path config(String secrets) throws IOException {
        return Files.writeString(
                folder.resolve("botwatch.yaml"),
                "source:\n  bootstrap_servers: \"" + broker.bootstrapServers() + "\"\n  topics: [netflow]\n"
                        + "sink:\n  findings_topic: botwatch-findings\n  dead_letter_topic: botwatch-dead-letters\n"
                        + "checkpoint_interval: 1s\nkafka:\n  security.protocol: SASL_SSL\n  sasl.mechanism: SCRAM-SHA-512\n"
                        + "  config.providers: file\n"
                        + "  config.providers.file.class: org.apache.kafka.common.config.provider.FileConfigProvider\n"
                        + "  sasl.jaas.config: ${file:" + path(secrets) + ":jaas}\n"
                        + "  ssl.truststore.type: PEM\n  ssl.truststore.location: " + path("broker.crt") + "\n"
                        + "  ssl.keystore.type: PKCS12\n  ssl.keystore.location: " + path("job.p12") + "\n"
                        + "  ssl.keystore.password: " + STORE_PASSWORD + "\n");
    }

    private static Map<String, String> client(String user, String password) {
        return Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-512",
                "sasl.jaas.config", jaas(user, password),
                "ssl.truststore.type", "PEM",
                "ssl.truststore.location", path("broker.crt"),
                "ssl.keystore.type", "PKCS12",
                "ssl.keystore.location", path("job.p12"),
                "ssl.keystore.password", STORE_PASSWORD);
    }

    private static String jaas(String user, String password) {
        return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user + "\" password=\"" + password
                + "\";";
    }

    private static String trusted() throws IOException {
        return Files.writeString(
                        folder.resolve("trusted.crt"),
                        Files.readString(folder.resolve("broker.crt")) + Files.readString(folder.resolve("job.crt")))
                .toString();
    }

    private static String path(String name) {
        return folder.resolve(name).toString();
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", STORE_PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(Duration.ofMinutes(1).toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static void run(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
    }
}
