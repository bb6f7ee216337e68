package io.botwatch.bench.kafka;

import io.botwatch.embedded.CommittedRecords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a topic of findings holds after all runs of a variant: the last state of each, as a reader of committed records sees
 * it. A run that found something of its own has left it there.
 */
record Findings(Map<String, String> byUid) {
    private static final Duration TRANSACTIONS = Duration.ofMinutes(1);

    static Findings read(Broker broker, String topic) throws IOException {
        Map<String, String> last = new TreeMap<>();
        CommittedRecords.read(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                topic,
                TRANSACTIONS,
                record -> last.put(
                        new String(record.key(), StandardCharsets.US_ASCII), new String(record.value(), StandardCharsets.UTF_8)));
        return new Findings(last);
    }

    int count() {
        return byUid.size();
    }

    /** In words, how these differ from others; empty when they do not. */
    String unlike(Findings others) {
        long onlyHere = byUid.keySet().stream().filter(uid -> !others.byUid.containsKey(uid)).count();
        long onlyThere = others.byUid.keySet().stream().filter(uid -> !byUid.containsKey(uid)).count();
        long differ = byUid.entrySet().stream()
                .filter(finding -> {
                    String other = others.byUid.get(finding.getKey());
                    return other != null && !other.equals(finding.getValue());
                })
                .count();
        return onlyHere + onlyThere + differ == 0
                ? ""
                : onlyHere + " more, " + onlyThere + " missing, " + differ + " different";
    }
}
