package io.botwatch.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedRecordsTest {
    private static final String TOPIC = "findings";

    @TempDir
    Path folder;

    /** To read on where a transaction is open is to miss what it holds. */
    @Test
    void anOpenTransactionIsWaitedForAndNotTakenForTheEnd() throws Exception {
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder)) {
            kafka.createTopics(1, TOPIC);
            Map<String, Object> client = Map.of("bootstrap.servers", kafka.bootstrapServers());
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", "t"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.initTransactions();
                send(producer, "first");
                producer.commitTransaction();
                send(producer, "second");
                assertThatThrownBy(() -> read(client, Duration.ofSeconds(1)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("topic findings: records of a transaction that is still open after 1 s");
                producer.commitTransaction();
                assertThat(read(client, Duration.ofMinutes(1))).containsExactly("first", "second");
                send(producer, "third");
                producer.abortTransaction();
                assertThat(read(client, Duration.ofMinutes(1))).containsExactly("first", "second");
            }
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String text) {
        producer.beginTransaction();
        producer.send(new ProducerRecord<>(TOPIC, text.getBytes(StandardCharsets.UTF_8)));
        producer.flush();
    }

    private static List<String> read(Map<String, Object> client, Duration limit) throws IOException {
        List<String> texts = new ArrayList<>();
        CommittedRecords.read(client, TOPIC, limit, record -> texts.add(new String(record.value(), StandardCharsets.UTF_8)));
        return texts;
    }
}
