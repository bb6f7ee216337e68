package io.botwatch.bench.peer;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/**
 * What an engine answers to some of the three queries, as rows of text: of beacons an episode each, which is a run of windows
 * that a tuple qualifies in; of volumetric attacks a window each; of relays a pair each.
 */
final class Answer {
    private static final long SLIDE_MS = 300_000;

    private final Map<Query, Set<String>> rows = new EnumMap<>(Query.class);
    private final Map<String, Set<Long>> windows = new HashMap<>();
    private final Set<String> overflowing = new HashSet<>();
    private final long lastEndMs;

    /** @param latestMs the latest start of a flow, epoch ms */
    Answer(long latestMs, Set<Query> asked) {
        lastEndMs = (latestMs / SLIDE_MS + 1) * SLIDE_MS;
        asked.forEach(query -> rows.put(query, new HashSet<>()));
    }

    /** @param firstEndMs end of the episode's first window, epoch ms */
    synchronized void beacon(Object src, Object dst, int dstPort, long firstEndMs) {
        rows.get(Query.BEACON).add(src + " " + dst + " " + dstPort + " " + firstEndMs);
    }

    /**
     * A window that a tuple qualifies in. What a window holds after its last flow has not been observed when the flows end, so
     * that the last window counts only with a flow in its last slide, and none behind it.
     *
     * @param lastMs the tuple's latest start in it, epoch ms
     */
    synchronized void window(String src, String dst, int dstPort, long endMs, long lastMs) {
        if (endMs < lastEndMs || endMs == lastEndMs && lastMs >= lastEndMs - SLIDE_MS) {
            windows.computeIfAbsent(src + " " + dst + " " + dstPort, tuple -> new TreeSet<>()).add(endMs);
        }
    }

    synchronized void volumetric(Object dst, int dstPort, long startMs) {
        rows.get(Query.VOLUMETRIC).add(dst + " " + dstPort + " " + startMs);
    }

    synchronized void relay(Object src, Object host, Object dst, int dstPort) {
        rows.get(Query.RELAY).add(host + " " + src + " " + dst + " " + dstPort);
    }

    /** The host has more pairs than are listed. */
    synchronized void overflow(Object host) {
        overflowing.add(host + " ");
    }

    /** To be called when all windows are known. */
    synchronized Answer complete() {
        windows.forEach((tuple, ends) -> ends.stream()
                .filter(end -> !ends.contains(end - SLIDE_MS))
                .forEach(first -> rows.get(Query.BEACON).add(tuple + " " + first)));
        return this;
    }

    int count(Query query) {
        return rows.get(query).size();
    }

    /** In words, what this answers otherwise than the reference to what both were asked. */
    String against(Answer reference) {
        StringJoiner text = new StringJoiner(", ");
        rows.forEach((query, mine) -> {
            Set<String> theirs = reference.rows.get(query);
            if (theirs != null) {
                long more = mine.stream().filter(row -> !theirs.contains(row) && !reference.overflows(row)).count();
                long fewer = theirs.stream().filter(row -> !mine.contains(row)).count();
                text.add(query.name().toLowerCase(Locale.ROOT) + " " + mine.size()
                        + (more + fewer == 0 ? " equal" : " (" + more + " more, " + fewer + " missing)"));
            }
        });
        return text.toString();
    }

    private boolean overflows(String row) {
        return overflowing.contains(row.substring(0, row.indexOf(' ') + 1));
    }
}
