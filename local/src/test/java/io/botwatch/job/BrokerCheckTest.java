package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.document.DocumentException;
import io.botwatch.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit the broker is told when the job is submitted, by key. */
class BrokerCheckTest {
    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() throws Exception {
        kafka = new EmbeddedKafka(folder.resolve("kafka"));
        kafka.createTopics(1, "netflow", "findings", "dead");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("compacted", 1, (short) 1).configs(Map.of("cleanup.policy", "compact")),
                            new NewTopic("narrow", 1, (short) 1).configs(Map.of("max.message.bytes", "5000"))))
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static JobConfig config(String servers, String topic, String findings, String dead, String more) throws IOException {
        return JobConfig.load(Files.writeString(
                folder.resolve("job.yaml"),
                "source: {bootstrap_servers: \"" + servers + "\", topics: [" + topic + "]}\nsink:\n  findings_topic: " + findings
                        + "\n  dead_letter_topic: " + dead + "\n" + more));
    }

    private static JobConfig config(String topic, String findings, String dead, String more) throws IOException {
        return config(kafka.bootstrapServers(), topic, findings, dead, more);
    }

    @Test
    void whatFitsIsTaken() throws IOException {
        JobConfig fits = config("netflow", "findings", "dead", "");
        assertThatCode(() -> BrokerCheck.check(fits)).doesNotThrowAnyException();
        JobConfig longButNoTransaction = config("netflow", "findings", "dead", "  transaction_timeout: 2h\n  delivery: at-least-once\n");
        assertThatCode(() -> BrokerCheck.check(longButNoTransaction)).doesNotThrowAnyException();
    }

    @Test
    void everyTopicThatIsMissingIsNamed() throws IOException {
        JobConfig config = config("netfow", "finding", "dad", "");
        assertThatThrownBy(() -> BrokerCheck.check(config))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("source.topics: there is no topic 'netfow' at " + kafka.bootstrapServers())
                .hasMessageContaining("sink.findings_topic: there is no topic 'finding'")
                .hasMessageContaining("sink.dead_letter_topic: there is no topic 'dad'");
    }

    @Test
    void aTransactionThatTheBrokerWouldRefuseIsToldWithItsLimit() throws IOException {
        JobConfig config = config("netflow", "findings", "dead", "  transaction_timeout: 16m\n");
        assertThatThrownBy(() -> BrokerCheck.check(config))
                .isInstanceOf(DocumentException.class)
                .hasMessage("sink.transaction_timeout: 960 s is above the broker's transaction.max.timeout.ms of 900 s;"
                        + " lower the one or raise the other");
    }

    @Test
    void aTransactionThatEndsBeforeItsCheckpointIsRefused() throws IOException {
        JobConfig config = config("netflow", "findings", "dead", "  transaction_timeout: 50s\n");
        assertThatThrownBy(() -> BrokerCheck.check(config))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("sink.transaction_timeout: 50 s is less than two checkpoint intervals of 30 s");
    }

    @Test
    void aTopicThatWouldRefuseDeadLettersIsToldBeforeTheFirstOfThem() throws IOException {
        JobConfig compacted = config("netflow", "findings", "compacted", "");
        assertThatThrownBy(() -> BrokerCheck.check(compacted)).hasMessageContaining("'compacted' is compacted");
        JobConfig narrow = config("netflow", "findings", "narrow", "");
        assertThatThrownBy(() -> BrokerCheck.check(narrow))
                .hasMessageContaining("max.message.bytes of 'narrow' is 5000, a dead letter takes up to 10240");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNamed() throws IOException {
        JobConfig config = config("127.0.0.1:1", "netflow", "findings", "dead",
                "kafka: {default.api.timeout.ms: 2000, request.timeout.ms: 1000}\n");
        assertThatThrownBy(() -> BrokerCheck.check(config))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("source.bootstrap_servers: no answer from a broker at 127.0.0.1:1");
    }
}
