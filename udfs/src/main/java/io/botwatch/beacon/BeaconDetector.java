package io.botwatch.beacon;

import io.botwatch.beacon.BeaconWindow.Summary;
import io.botwatch.cadence.BeaconScore;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.network.NetworkSet;
import io.botwatch.rule.OutboundFilter;
import io.botwatch.timing.TimingWheel;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * One beacon rule in one subtask: whose connections it looks at, the tuples of each key group, and what is said of them.
 * Sliding windows without paying for every slide: a window's content changes only when a slice enters or leaves it, so a tuple
 * is judged at the end of a slice that received connections, and when its oldest slice leaves. Between those the answer
 * stands. That is what a textbook sliding window would emit, less the repetitions.
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

    private final BeaconRule rule;
    private final String configVersion;
    private final boolean anyProtocol;
    private final Listener listener;
    private final OutboundFilter filter;
    private final NetworkSet suspects;
    private final Rhythm rhythm;
    private final BeaconTable[] tables;
    private final int maxNew;
    private final int maxHeld;
    private final TimingWheel<BeaconTuple> wheel;
    private final long seed;
    private long watermarkMs = Long.MIN_VALUE;

    /**
     * @param filter of the rule
     * @param anyProtocol whether protocols are not told apart
     * @param groups how many key groups this subtask has
     * @param maxNew tuples seen once that are held, of each key group
     * @param maxHeld ints that the windows of the others hold, of each key group
     * @param seed of the tables' hashes
     */
    BeaconDetector(
            BeaconRule rule, OutboundFilter filter, String configVersion, boolean anyProtocol, int groups, int maxNew, int maxHeld, long seed, Listener listener) {
        this.rule = rule;
        this.configVersion = configVersion;
        this.anyProtocol = anyProtocol;
        this.listener = listener;
        this.filter = filter;
        this.suspects = rule.suspects();
        this.rhythm = new Rhythm(rule.cadence() == null ? 0 : BeaconScore.leastCadence(rule.cadence().minScore()));
        this.tables = new BeaconTable[groups];
        this.maxNew = maxNew;
        this.maxHeld = maxHeld;
        this.wheel = new TimingWheel<>(rule.slideMs());
        this.seed = seed;
    }

    /** Of all connections, those of a protocol that has check-ins. */
    static boolean isOfProtocol(Flow flow, boolean anyProtocol) {
        return anyProtocol || flow.protocol == TCP || flow.protocol == UDP;
    }

    OutboundFilter filter() {
        return filter;
    }

    /** Whether the slice that the flow belongs to has been judged. */
    boolean isLate(Flow flow) {
        long sliceEndMs = (Math.floorDiv(flow.startMs, rule.slideMs()) + 1) * rule.slideMs();
        return sliceEndMs - 1 <= watermarkMs;
    }

    /** @param group of this subtask, from 0 */
    void add(int group, Flow flow) {
        table(group).add(flow);
    }

    private BeaconTable table(int group) {
        if (tables[group] == null) {
            tables[group] = new BeaconTable(rule, seed, anyProtocol, maxNew, maxHeld, wheel, this);
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
        return rule.stateKey();
    }

    String ruleId() {
        return rule.info().id();
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
        if (tuple.window == null ? rule.minConnections() > 1 : tuple.window.total() < rule.minConnections() && !tuple.holds) {
            return;
        }
        Summary summary = tuple.summary(toMs - rule.windowMs(), toMs, rule.slideMs());
        Regularity regularity = null;
        boolean holds = summary.count() >= rule.minConnections()
                && summary.minutes() >= rule.minDurationMinutes()
                && BeaconEvidence.perHour(summary) >= rule.minPerHour()
                && BeaconEvidence.perHour(summary) <= rule.maxPerHour();
        if (holds && rule.cadence() != null) {
            regularity = regularity(tuple, summary, toMs);
            holds = rule.cadence().holds(regularity);
        }
        if (holds) {
            tuple.holds = true;
            say(Candidate.Signal.HOLDS, tuple, holds(tuple, summary, regularity, toMs), regularity, toMs);
        } else if (tuple.holds) {
            tuple.holds = false;
            say(Candidate.Signal.ENDED, tuple, ended(tuple, toMs), null, toMs);
        }
    }

    private Regularity regularity(BeaconTuple tuple, Summary summary, long toMs) {
        rhythm.clear();
        BeaconWindow window = tuple.window == null ? tuple.opened(true, rule.slideMs()) : tuple.window;
        window.addTo(rhythm, toMs - rule.windowMs(), toMs, rule.slideMs());
        return rhythm.regularity(summary.lastMs() - summary.firstMs());
    }

    /** It is not known how it goes on: its finding ends where its connections do. */
    @Override
    public void evicted(BeaconTuple tuple) {
        listener.evicted();
        if (tuple.holds) {
            long toMs = tuple.window.newestSliceMs(rule.slideMs()) + rule.slideMs();
            say(Candidate.Signal.ENDED, tuple, ended(tuple, toMs), null, toMs);
        }
    }

    private void say(Candidate.Signal signal, BeaconTuple tuple, Finding finding, Regularity regularity, long toMs) {
        String story = rule.info().id() + '|' + finding.src + '|' + finding.dst + '|' + tuple.dstPort + '|' + tuple.protocol;
        Candidate candidate = new Candidate(signal, story, finding.dst, rule.info().suppressionMs(), finding);
        if (!anyProtocol) {
            candidate
                    .weighed(
                            regularity == null ? 0 : regularity.rarityWeight(), finding.severity.atMost(rule.info().level()))
                    .suspect(suspects.contains(finding.dst.hi, finding.dst.lo, toMs));
        }
        listener.found(candidate, toMs);
    }

    private Finding holds(BeaconTuple tuple, Summary summary, Regularity regularity, long toMs) {
        Finding finding = finding(tuple, toMs);
        if (regularity == null) {
            BeaconEvidence.ofRate(finding, rule, summary);
        } else {
            BeaconEvidence.ofCadence(finding, rule, summary, regularity);
            finding.measure("rita_score", rhythm.ritaScore(toMs - rule.windowMs(), toMs));
        }
        return finding;
    }

    private Finding ended(BeaconTuple tuple, long toMs) {
        Finding finding = finding(tuple, toMs);
        finding.severity = rule.info().level();
        return finding;
    }

    private Finding finding(BeaconTuple tuple, long toMs) {
        Finding finding = rule.info().finding(Finding.Type.BEACON, configVersion);
        finding.episodeMs = toMs;
        finding.timeMs = toMs;
        finding.src = new Address(tuple.srcHi, tuple.srcLo);
        finding.dst = new Address(tuple.dstHi, tuple.dstLo);
        finding.dstPort = tuple.dstPort;
        finding.protocol = tuple.protocol;
        return finding;
    }
}
