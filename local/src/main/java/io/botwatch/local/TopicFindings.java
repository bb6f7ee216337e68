package io.botwatch.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.embedded.CommittedRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a findings topic holds, read as any consumer would: committed records only, the last state of each uid. */
final class TopicFindings {
    private static final Duration TRANSACTIONS = Duration.ofMinutes(1);

    /**
     * One finding's last state.
     *
     * @param type beacon, volumetric or relay
     * @param src dotted address, or empty; {@code relay} and {@code dst} likewise
     * @param json the record as it lay in the topic
     */
    record Entry(
            String uid,
            String rule,
            String type,
            String severity,
            String src,
            String relay,
            String dst,
            int dstPort,
            Instant firstSeen,
            Instant lastSeen,
            String message,
            byte[] json) {}

    private TopicFindings() {}

    /** Reads the topic from its beginning to its end of now; sorted by first seen, then uid. */
    static List<Entry> read(String bootstrapServers, String topic) throws IOException {
        Map<String, byte[]> last = new HashMap<>();
        CommittedRecords.read(
                Map.of("bootstrap.servers", bootstrapServers),
                topic,
                TRANSACTIONS,
                record -> last.put(new String(record.key(), StandardCharsets.US_ASCII), record.value()));
        ObjectMapper mapper = new ObjectMapper();
        List<Entry> entries = new ArrayList<>();
        for (byte[] json : last.values()) {
            entries.add(entry(mapper.readTree(json), json));
        }
        entries.sort(Comparator.comparing(Entry::firstSeen).thenComparing(Entry::uid));
        return entries;
    }

    private static Entry entry(JsonNode finding, byte[] json) {
        JsonNode info = finding.path("finding_info");
        JsonNode evidence = finding.path("evidences").path(0);
        return new Entry(
                info.path("uid").asText(),
                info.path("analytic").path("uid").asText(),
                info.path("types").path(0).asText(),
                finding.path("severity").asText(),
                evidence.path("src_endpoint").path("ip").asText(),
                evidence.path("device").path("ip").asText(),
                evidence.path("dst_endpoint").path("ip").asText(),
                evidence.path("dst_endpoint").path("port").asInt(evidence.path("data").path("dst_port").asInt(0)),
                Instant.ofEpochMilli(info.path("first_seen_time").asLong()),
                Instant.ofEpochMilli(info.path("last_seen_time").asLong()),
                finding.path("message").asText(),
                json);
    }
}
