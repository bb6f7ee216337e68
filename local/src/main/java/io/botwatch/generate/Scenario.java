package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;

/**
 * A simulated enterprise: what its hosts do on working days, and labelled attacks in the midst of it.
 *
 * <p>Deterministic: the same seed, hours and scale give the same flows, on every machine. Flows come in order of their
 * start, at the cost of one pending flow per actor. Each record is the initiator's side alone; a connection is one record,
 * however long it lasts.
 *
 * <p>It must not be tuned to a detector: the literal rules (aql) stay silent on its background, and that is all it knows
 * of them.
 */
public final class Scenario implements Iterable<Flow> {
    /** Midnight of a Monday. */
    public static final Instant START = Instant.parse("2026-01-05T00:00:00Z");

    private static final Address EXPORTER = Address.parse("10.1.0.254");
    private static final int SHORTEST_HOURS = 4;
    private static final int LONGEST_HOURS = 24 * 366;
    private static final double LARGEST_SCALE = 1_000;

    private final long endMs;
    private final List<Supplier<Actor>> actors = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();

    private Scenario(long endMs) {
        this.endMs = endMs;
    }

    /** About 300 hosts. */
    public static Scenario enterprise(long seed, int hours) {
        return enterprise(seed, hours, 1);
    }

    /**
     * @param seed decides everything that is drawn
     * @param hours 4 (for the slower attacks to show) to 8 784
     * @param scale of the background, as a multiple of 300 hosts, at most 1 000; attacks stay as they are
     */
    public static Scenario enterprise(long seed, int hours, double scale) {
        if (hours < SHORTEST_HOURS || hours > LONGEST_HOURS) {
            throw new IllegalArgumentException(
                    "hours: " + hours + " is not within " + SHORTEST_HOURS + " to " + LONGEST_HOURS);
        }
        if (!(scale > 0 && scale <= LARGEST_SCALE)) {
            throw new IllegalArgumentException("scale: " + scale + " is not above 0 and at most " + LARGEST_SCALE);
        }
        Scenario scenario = new Scenario(START.plus(Duration.ofHours(hours)).toEpochMilli());
        Office office = new Office(seed, scale);
        new Background(scenario, seed, office).play();
        new Attacks(scenario, seed, office).play();
        return scenario;
    }

    void add(Supplier<Actor> actor) {
        actors.add(actor);
    }

    void label(Label label) {
        labels.add(label);
    }

    /** No flow starts earlier. Epoch ms. */
    public long startMs() {
        return START.toEpochMilli();
    }

    /** No flow starts at or after this. Epoch ms. */
    public long endMs() {
        return endMs;
    }

    public List<Label> labels() {
        return List.copyOf(labels);
    }

    /** From the beginning, in order of start. */
    public FlowCursor cursor() {
        List<Actor> cast = new ArrayList<>(actors.size());
        for (Supplier<Actor> actor : actors) {
            cast.add(actor.get());
        }
        return new Merge(cast, EXPORTER);
    }

    /** As {@link #cursor}; every step gives the <em>same</em> object with other contents: copy what is to be kept. */
    @Override
    public Iterator<Flow> iterator() {
        FlowCursor cursor = cursor();
        return new Iterator<>() {
            private final Flow flow = new Flow();
            private boolean ready;

            @Override
            public boolean hasNext() {
                ready = ready || cursor.next(flow);
                return ready;
            }

            @Override
            public Flow next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                ready = false;
                return flow;
            }
        };
    }
}
