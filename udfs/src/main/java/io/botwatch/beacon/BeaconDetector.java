package io.botwatch.beacon;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Flow;
import io.botwatch.timing.TimingWheel;
import java.io.IOException;
import java.util.function.LongFunction;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One beacon rule in one subtask: the tuples of each key group, and when they are judged. Sliding windows without paying for
 * every slide: a window's content changes only when a slice enters or leaves it, so a tuple is judged at the end of a slice that
 * received connections, and when its oldest slice leaves. Between those the answer stands. That is what a textbook sliding
 * window would emit, less the repetitions.
 */
final class BeaconDetector implements BeaconTable.Listener {
    private static final int TCP = 6;
    private static final int UDP = 17;

    /** Hears what a detector says. */
    interface Listener {
        /** @param toMs end of the window that it was judged by, epoch ms */
        void found(Candidate candidate, long toMs);

        /** A tuple was let go of, to keep within the bounds. */
        void evicted();
    }

    private final BeaconJudge first;
    private final LongFunction<BeaconJudge> judges;
    private final boolean anyProtocol;
    private final Listener listener;
    private final BeaconTable[] tables;
    private final int maxNew;
    private final int maxHeld;
    private final TimingWheel<BeaconTuple> wheel;
    private final long seed;
    private int minConnections;
    private long watermarkMs;

    /**
     * @param first the rule in any of its forms: all of one {@code stateKey} share their windows
     * @param judges the rule as it is in force when a window ends, by that time, epoch ms; null when it does not run then
     * @param anyProtocol whether protocols are not told apart
     * @param groups how many key groups this subtask has
     * @param maxNew tuples seen once that are held, of each key group
     * @param maxHeld ints that the windows of the others hold, of each key group
     * @param seed of the tables' hashes
     * @param watermarkMs windows that end up to here are over
     */
    BeaconDetector(
            BeaconJudge first,
            LongFunction<BeaconJudge> judges,
            boolean anyProtocol,
            int groups,
            int maxNew,
            int maxHeld,
            long seed,
            long watermarkMs,
            Listener listener) {
        this.first = first;
        this.judges = judges;
        this.anyProtocol = anyProtocol;
        this.listener = listener;
        this.tables = new BeaconTable[groups];
        this.maxNew = maxNew;
        this.maxHeld = maxHeld;
        this.wheel = new TimingWheel<>(rule().slideMs());
        this.seed = seed;
        this.minConnections = rule().minConnections();
        this.watermarkMs = watermarkMs;
    }

    /** Of all connections, those of a protocol that has check-ins. */
    static boolean isOfProtocol(Flow flow, boolean anyProtocol) {
        return anyProtocol || flow.protocol == TCP || flow.protocol == UDP;
    }

    private BeaconRule rule() {
        return first.rule();
    }

    /** From now on windows of so few connections matter too. */
    void atLeast(int connections) {
        if (connections < minConnections) {
            minConnections = connections;
            for (BeaconTable table : tables) {
                if (table != null) {
                    table.atLeast(connections);
                }
            }
        }
    }

    /** Whether the slice that the flow belongs to has been judged. */
    boolean isLate(Flow flow) {
        long sliceEndMs = (Math.floorDiv(flow.startMs, rule().slideMs()) + 1) * rule().slideMs();
        return sliceEndMs - 1 <= watermarkMs;
    }

    /** @param group of this subtask, from 0 */
    void add(int group, Flow flow) {
        table(group).add(flow);
    }

    private BeaconTable table(int group) {
        if (tables[group] == null) {
            tables[group] = new BeaconTable(rule(), seed, anyProtocol, maxNew, maxHeld, wheel, this);
            tables[group].atLeast(minConnections);
            tables[group].judged(watermarkMs);
        }
        return tables[group];
    }

    void advance(long toMs) {
        watermarkMs = toMs;
        wheel.advance(toMs, tuple -> tuple.table.advance(tuple, toMs));
        for (BeaconTable table : tables) {
            if (table != null) {
                table.judged(toMs);
            }
        }
    }

    /** How many tuples are held. */
    int held() {
        int held = 0;
        for (BeaconTable table : tables) {
            held += table == null ? 0 : table.tuples();
        }
        return held;
    }

    long stateKey() {
        return rule().stateKey();
    }

    String ruleId() {
        return rule().info().id();
    }

    boolean isEmpty(int group) {
        return tables[group] == null || tables[group].tuples() == 0;
    }

    void write(int group, DataOutputView out) throws IOException {
        table(group).write(out);
    }

    void read(int group, DataInputView in) throws IOException {
        table(group).read(in);
    }

    @Override
    public void changed(BeaconTuple tuple, long toMs) {
        BeaconJudge judge = judges.apply(toMs);
        if (judge != null) {
            say(judge.judge(tuple, toMs), toMs);
        } else if (tuple.holds) {
            say(first.end(tuple, toMs), toMs);
        }
    }

    /** It is not known how it goes on: its finding ends where its connections do. */
    @Override
    public void evicted(BeaconTuple tuple) {
        listener.evicted();
        if (tuple.holds) {
            long toMs = tuple.window.newestSliceMs(rule().slideMs()) + rule().slideMs();
            say(first.end(tuple, toMs), toMs);
        }
    }

    private void say(Candidate candidate, long toMs) {
        if (candidate != null) {
            listener.found(candidate, toMs);
        }
    }
}
