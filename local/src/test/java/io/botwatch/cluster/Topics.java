package io.botwatch.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Topics and groups of one broker.
 *
 * @param client how it is reached
 */
record Topics(Map<String, Object> client) {

    Topics(String bootstrapServers) {
        this(Map.of("bootstrap.servers", bootstrapServers));
    }

    Admin admin() {
        return Admin.create(client);
    }

    /** Returns once every partition answers: an idempotent producer can get stuck at one that does not yet. */
    void create(int partitions, String... names) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(Arrays.stream(names)
                            .map(name -> new NewTopic(name, partitions, (short) 1))
                            .collect(Collectors.toList()))
                    .all()
                    .get();
            Map<TopicPartition, OffsetSpec> all = new HashMap<>();
            for (String name : names) {
                for (int partition = 0; partition < partitions; partition++) {
                    all.put(new TopicPartition(name, partition), OffsetSpec.latest());
                }
            }
            Await.until("the partitions of " + String.join(", ", names) + " answer", Duration.ofMinutes(1), () -> {
                try {
                    return admin.listOffsets(all).all().get().size() == all.size();
                } catch (ExecutionException notYet) {
                    return false;
                }
            });
        }
    }

    /** A live job starts at its group's offsets; these are the topic's beginning. */
    void readFromTheBeginning(String group, String topic, int partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> beginning = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            beginning.put(new TopicPartition(topic, partition), new OffsetAndMetadata(0));
        }
        try (Admin admin = admin()) {
            admin.alterConsumerGroupOffsets(group, beginning).all().get();
        }
    }

    /** How many of the topic's partitions the group has committed an offset of. */
    long committed(String group, String topic) throws Exception {
        try (Admin admin = admin()) {
            return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().keySet().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .count();
        }
    }

    /** Records of the topic that the group has not committed, over all partitions that it knows. */
    long lag(String group, String topic) throws Exception {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            committed.keySet().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            long lag = 0;
            for (var end : admin.listOffsets(latest).all().get().entrySet()) {
                lag += end.getValue().offset() - committed.get(end.getKey()).offset();
            }
            return lag;
        }
    }
}
