package io.botwatch.backtest;

import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Outcomes by what they name: of type and host always, of source, destination and port those that both sides have. Without it a busy
 * relay host's hundred thousand pairs would each be held against all others.
 */
final class OutcomeIndex {
    private static final int SRC = 1;
    private static final int DST = 2;
    private static final int PORT = 4;

    /** What outcomes are equal by; null and -1 where it is not compared. */
    private record Key(Finding.Type type, Address host, Address src, Address dst, int port) {
        static Key of(Outcome outcome, int compared) {
            return new Key(
                    outcome.type(),
                    outcome.host(),
                    (compared & SRC) == 0 ? null : outcome.src(),
                    (compared & DST) == 0 ? null : outcome.dst(),
                    (compared & PORT) == 0 ? -1 : outcome.port());
        }
    }

    /** Those that name the same ends, by the ends that a comparison is about; made when one first is. */
    private static final class Shape {
        final List<Outcome> outcomes = new ArrayList<>();
        final Map<Integer, Map<Key, List<Outcome>>> byCompared = new HashMap<>();

        List<Outcome> equal(Outcome of, int compared) {
            return byCompared
                    .computeIfAbsent(compared, this::index)
                    .getOrDefault(Key.of(of, compared), List.of());
        }

        private Map<Key, List<Outcome>> index(int compared) {
            Map<Key, List<Outcome>> index = new HashMap<>();
            outcomes.forEach(outcome ->
                    index.computeIfAbsent(Key.of(outcome, compared), key -> new ArrayList<>(1)).add(outcome));
            return index;
        }
    }

    private final Map<Integer, Shape> shapes = new HashMap<>();

    OutcomeIndex(List<Outcome> outcomes) {
        outcomes.forEach(outcome ->
                shapes.computeIfAbsent(named(outcome), ends -> new Shape()).outcomes.add(outcome));
    }

    private static int named(Outcome outcome) {
        return (outcome.src() == null ? 0 : SRC) | (outcome.dst() == null ? 0 : DST) | (outcome.port() < 0 ? 0 : PORT);
    }

    /** All that may tell of the same: of type and host, and of no other peer or port. Times are not looked at. */
    List<Outcome> near(Outcome of) {
        if (shapes.size() == 1) {
            Map.Entry<Integer, Shape> only = shapes.entrySet().iterator().next();
            return only.getValue().equal(of, only.getKey() & named(of));
        }
        List<Outcome> near = new ArrayList<>();
        shapes.forEach((ends, shape) -> near.addAll(shape.equal(of, ends & named(of))));
        return near;
    }
}
