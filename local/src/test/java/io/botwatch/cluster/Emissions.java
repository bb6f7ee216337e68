package io.botwatch.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.botwatch.embedded.CommittedRecords;
import io.botwatch.finding.OcsfSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a findings topic holds for a reader of committed records.
 *
 * @param count of emissions
 * @param repeated emissions whose {@code metadata.uid} was there before
 * @param finals the final record of each uid, without {@code metadata.uid} and the build's version, by uid
 */
record Emissions(int count, int repeated, Map<String, String> finals) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** All that is in the topic now; each record is validated. */
    static Emissions of(String bootstrapServers, String topic) throws Exception {
        return of(records(bootstrapServers, topic));
    }

    /** Committed records, in the order of each partition. */
    static List<byte[]> records(String bootstrapServers, String topic) throws Exception {
        return records(Map.of("bootstrap.servers", bootstrapServers), topic);
    }

    /** @param client how the broker is reached */
    static List<byte[]> records(Map<String, Object> client, String topic) throws Exception {
        List<byte[]> records = new ArrayList<>();
        CommittedRecords.read(client, topic, Duration.ofMinutes(2), record -> records.add(record.value()));
        return records;
    }

    /** @param records OCSF, in the order of their emission at least for each uid */
    static Emissions of(List<byte[]> records) throws Exception {
        Set<String> uids = new HashSet<>();
        Map<String, String> last = new HashMap<>();
        int repeated = 0;
        for (byte[] record : records) {
            OcsfSchema.assertValid(record);
            ObjectNode finding = (ObjectNode) JSON.readTree(record);
            ObjectNode metadata = (ObjectNode) finding.get("metadata");
            JsonNode uid = metadata.remove("uid");
            if (!uids.add(uid.asText())) {
                repeated++;
            }
            ((ObjectNode) metadata.get("product")).remove("version");
            last.put(finding.path("finding_info").path("uid").asText(), finding.toString());
        }
        return new Emissions(records.size(), repeated, new TreeMap<>(last));
    }

    /** Of all final records, by uid. */
    String sha256() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        finals.values().forEach(record -> digest.update((record + "\n").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }
}
