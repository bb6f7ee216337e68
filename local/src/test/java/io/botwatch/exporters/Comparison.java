package io.botwatch.exporters;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Expected connections against seen ones: which are the same, and how the others differ. */
final class Comparison {
    private static final long UPTIME_WRAPS_AFTER_MS = 1L << 32;

    private final long toleranceMs;
    private final Map<Difference, List<Connection>> differences = new EnumMap<>(Difference.class);
    private int same;
    private int samePackets;
    private int sameBytes;

    /** @param toleranceMs by which starts may differ */
    Comparison(List<Connection> expected, List<Connection> seen, long toleranceMs) {
        this.toleranceMs = toleranceMs;
        Map<String, List<Connection>> seenByTuple = byTuple(seen);
        byTuple(expected).forEach((tuple, conversations) ->
                compare(conversations, new ArrayList<>(seenByTuple.getOrDefault(tuple, List.of())), seenByTuple, tuple));
        seenByTuple.values().forEach(left -> left.forEach(connection -> add(Difference.UNHEARD_OF, connection)));
    }

    private static Map<String, List<Connection>> byTuple(List<Connection> connections) {
        return connections.stream()
                .sorted(Comparator.comparingLong(Connection::startMs))
                .collect(Collectors.groupingBy(Connection::tuple));
    }

    private void compare(
            List<Connection> conversations, List<Connection> left, Map<String, List<Connection>> seenByTuple, String tuple) {
        List<Connection> seen = List.copyOf(left);
        for (Connection conversation : conversations) {
            Connection match = match(conversation, left);
            if (match != null) {
                left.remove(match);
                matched(conversation, match);
            } else if (seen.stream().anyMatch(other -> covers(other, conversation))) {
                add(Difference.JOINED, conversation);
            } else {
                add(Difference.UNSEEN, conversation);
            }
        }
        left.removeIf(record -> {
            boolean piece = conversations.stream().anyMatch(conversation -> covers(conversation, record));
            if (piece) {
                add(Difference.PIECE, record);
            }
            return piece;
        });
        if (left.isEmpty()) {
            seenByTuple.remove(tuple);
        } else {
            seenByTuple.put(tuple, left);
        }
    }

    /** The best there is: the same initiator before the same time. */
    private Connection match(Connection conversation, List<Connection> left) {
        Predicate<Connection> sameEnds = conversation::sameEnds;
        Predicate<Connection> sameStart = candidate -> apart(candidate, conversation) <= toleranceMs;
        Predicate<Connection> misdated = candidate -> candidate.startMs() == 0 || isWrapped(apart(candidate, conversation));
        return Stream.of(sameEnds.and(sameStart), sameEnds.and(misdated), sameStart, misdated)
                .flatMap(wanted -> left.stream().filter(wanted).limit(1))
                .findFirst()
                .orElse(null);
    }

    private static long apart(Connection one, Connection other) {
        return Math.abs(one.startMs() - other.startMs());
    }

    private boolean isWrapped(long apartMs) {
        return (apartMs + toleranceMs) % UPTIME_WRAPS_AFTER_MS <= 2 * toleranceMs;
    }

    private boolean covers(Connection whole, Connection part) {
        return whole.startMs() - toleranceMs <= part.startMs() && part.startMs() <= whole.endMs() + toleranceMs;
    }

    private void matched(Connection expected, Connection seen) {
        if (apart(expected, seen) > toleranceMs) {
            add(seen.startMs() == 0 ? Difference.UNDATED : Difference.WRAPPED, expected);
            return;
        }
        if (expected.repliesAlone() != seen.repliesAlone()) {
            add(Difference.REPLIES_ALONE, expected);
            return;
        }
        if (!expected.sameEnds(seen)) {
            add(Difference.OTHER_INITIATOR, expected);
            return;
        }
        same++;
        if (expected.packets() == seen.packets()) {
            samePackets++;
        }
        if (expected.bytes() == seen.bytes()) {
            sameBytes++;
        }
    }

    private void add(Difference difference, Connection connection) {
        differences.computeIfAbsent(difference, named -> new ArrayList<>()).add(connection);
    }

    /** How many are the same: tuple, initiator, start. */
    int same() {
        return same;
    }

    /** How many of these have as many packets, too. */
    int samePackets() {
        return samePackets;
    }

    /** How many of these have as many bytes, too. */
    int sameBytes() {
        return sameBytes;
    }

    Map<Difference, Integer> differences() {
        Map<Difference, Integer> counts = new EnumMap<>(Difference.class);
        differences.forEach((difference, connections) -> counts.put(difference, connections.size()));
        return counts;
    }

    /** The first few of each, a line each. */
    String examples() {
        return differences.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().limit(3).map(connection -> entry.getKey() + " " + connection))
                .collect(Collectors.joining("\n"));
    }
}
