package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A probe of a real topic, on a real broker. */
class ProbeTopicTest {
    private static final int PARTITIONS = 4;

    @TempDir
    static Path folder;

    private static EmbeddedKafka kafka;
    private static Path day;
    private static List<String> records;

    @BeforeAll
    static void startBroker() throws IOException {
        kafka = new EmbeddedKafka(folder.resolve("kafka"));
        day = folder.resolve("day.json");
        ok("generate", "--view", "exporters", "--hours", "4", "--scale", "0.05", "--out", day.toString());
        records = Files.readAllLines(day);
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    private static CommandLineRun ok(String... arguments) {
        CommandLineRun run = CommandLineRun.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static JsonNode probe(String topic, int most) throws Exception {
        return new ObjectMapper().readTree(ok(
                        "probe", "--bootstrap", kafka.bootstrapServers(), "--topic", topic, "--records", "" + most, "--json")
                .out());
    }

    /** In order, every partition by turns. */
    private static void produce(String topic, int partitions, List<String> values) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.in.flight.requests.per.connection", 1),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < values.size(); i++) {
                producer.send(new ProducerRecord<>(
                        topic, i % partitions, null, values.get(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    @Test
    void aWholeTopicHasTheFactsOfItsFile() throws Exception {
        kafka.createTopics(PARTITIONS, "day");
        produce("day", PARTITIONS, records);
        JsonNode topic = probe("day", 1_000_000);
        JsonNode file = new ObjectMapper().readTree(ok("probe", day.toString(), "--json", "--records", "1000000").out());

        assertThat(topic.at("/inputs/0/name").asText()).isEqualTo("day");
        assertThat(topic.at("/inputs/0/format").asText()).isEqualTo("goflow2-json");
        assertThat(topic.at("/inputs/0/reason")).isEqualTo(file.at("/inputs/0/reason"));
        assertThat(topic.at("/inputs/0/records").asInt()).isEqualTo(records.size());
        assertThat(topic.at("/inputs/0/whole").asBoolean()).isTrue();
        assertThat(topic.path("connections")).isEqualTo(file.path("connections"));
        assertThat(topic.path("connections_by_direction")).isEqualTo(file.path("connections_by_direction"));
        // Partition by partition less is out of order than in all.
        assertThat(topic.at("/flows/lateness_max_ms").asLong()).isBetween(1L, file.at("/flows/lateness_max_ms").asLong());

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.listConsumerGroups().all().get()).as("it leaves no group").isEmpty();
        }
    }

    @Test
    void theNewestOfEachPartitionAreReadAndASmallPartitionLeavesItsShare() throws Exception {
        kafka.createTopics(2, "newest");
        produce("newest", 1, records.subList(0, 900));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String record : records.subList(900, 920)) {
                producer.send(new ProducerRecord<>("newest", 1, null, record.getBytes(StandardCharsets.UTF_8)));
            }
        }
        JsonNode topic = probe("newest", 100);
        assertThat(topic.at("/flows/count").asInt()).isEqualTo(100);
        assertThat(topic.at("/inputs/0/whole").asBoolean()).isFalse();
        Path newest = Files.write(folder.resolve("newest.json"), records.subList(820, 920));
        JsonNode file = new ObjectMapper().readTree(ok("probe", newest.toString(), "--json").out());
        assertThat(topic.at("/flows/first_start")).isEqualTo(file.at("/flows/first_start"));
        assertThat(topic.at("/connections/count")).isEqualTo(file.at("/connections/count"));
    }

    @Test
    void aConfigurationNamesBrokerTopicAndNetworks() throws Exception {
        kafka.createTopics(PARTITIONS, "configured");
        produce("configured", PARTITIONS, records.subList(0, 200));
        Path config = Files.writeString(
                folder.resolve("probe.yaml"),
                "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [configured]\n  format: goflow2-json\n"
                        + "sink:\n  findings_topic: a\n  dead_letter_topic: b\ninternal_subnets: [192.0.2.0/24]\n");
        String text = ok("probe", "--config", config.toString()).out();
        assertThat(text)
                .contains("configured: goflow2-json, 200 records\n", "as asked")
                .contains("no connection has an end in the internal networks");
        assertThat(ok("probe", "--config", config.toString(), "--internal", "10.0.0.0/8").out())
                .doesNotContain("no connection has an end in the internal networks");
    }

    @Test
    void garbageAndRecordsFromTheFutureAreDeadLettersAsInTheJob() throws Exception {
        kafka.createTopics(1, "spoilt");
        long later = System.currentTimeMillis() + 86_400_000L;
        produce("spoilt", 1, List.of(
                "rubbish",
                records.get(0),
                "{\"type\":\"NETFLOW_V9\",\"time_received_ns\":" + later + "000000,\"time_flow_start_ns\":" + later
                        + "000000,\"time_flow_end_ns\":" + later + "000000,\"bytes\":100,\"packets\":1,\"src_addr\":\"10.0.0.1\""
                        + ",\"dst_addr\":\"203.0.113.200\",\"etype\":\"IPv4\",\"proto\":\"TCP\",\"src_port\":40000,\"dst_port\":8443}"));
        JsonNode topic = probe("spoilt", 100);
        assertThat(topic.at("/inputs/0/format").asText()).isEqualTo("goflow2-json");
        assertThat(topic.at("/records_dead/unknown_format").asInt()).isEqualTo(1);
        assertThat(topic.at("/records_dead/time_out_of_range").asInt()).isEqualTo(1);
        assertThat(topic.at("/flows/count").asInt()).isEqualTo(1);
    }

    @Test
    void anEmptyTopicEndsAtOnceAndSaysSo() throws Exception {
        kafka.createTopics(PARTITIONS, "empty");
        String text = ok("probe", "--bootstrap", kafka.bootstrapServers(), "--topic", "empty").out();
        assertThat(text).contains("there is nothing to read", "there is no flow in it");
    }

    @Test
    void aTopicThatDoesNotExistIsNamedAndNotMade() throws Exception {
        CommandLineRun run = CommandLineRun.of("probe", "--bootstrap", kafka.bootstrapServers(), "--topic", "nowhere");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("topic nowhere does not exist at " + kafka.bootstrapServers());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get()).doesNotContain("nowhere");
        }
    }
}
