package io.botwatch.beacon;

import io.botwatch.cadence.BeaconScore;
import io.botwatch.beacon.BeaconWindow.Summary;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.PortSet;
import io.botwatch.metric.Tally;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Roles;
import io.botwatch.timing.TimingWheel;
import io.botwatch.wire.KeyGroups;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Sliding windows without paying for every slide: a window's content changes only when a slice enters or leaves it, so a
 * tuple is judged at the end of a slice that received connections, and when its oldest slice leaves. Between those the
 * answer stands. That is what a textbook sliding window would emit, less the repetitions.
 *
 * <p>The state is its own, per key group, and bounded: a host that scans the Internet makes millions of tuples in minutes.
 */
public final class BeaconOperator extends AbstractStreamOperator<Candidate>
        implements OneInputStreamOperator<Flow, Candidate>, KeyGroups.State, BeaconTable.Listener {
    /** Tuples of one rule seen once, over the whole job; about 130 bytes each. */
    static final int MAX_NEW = 250_000;

    /** Ints in the windows of one rule's tuples seen more than once, over the whole job; a slice has 8, a check-in 1. */
    static final int MAX_HELD = 100_000_000;

    private static final int TCP = 6;
    private static final int UDP = 17;

    private final BeaconRule rule;
    private final String configVersion;
    private final ConnectionKeySelector selector;
    private final boolean anyProtocol;
    private final Roles roles;
    private final OutputTag<Flow> lateTag;

    private transient KeyGroups groups;
    private transient BeaconTable[] tables;
    private transient TimingWheel<BeaconTuple> wheel;
    private transient long seed;
    private transient long watermarkMs;
    private transient PortSet excludedPorts;
    private transient NetworkSet excludedDestinations;
    private transient NetworkSet suspects;
    private transient Rhythm rhythm;
    private transient Tally late;
    private transient Tally evicted;

    /**
     * @param selector of the stream's key
     * @param anyProtocol whether protocols are not told apart
     * @param roles which hosts are declared to be what
     * @param lateTag where flows go whose slice has already been judged
     */
    public BeaconOperator(
            BeaconRule rule,
            String configVersion,
            ConnectionKeySelector selector,
            boolean anyProtocol,
            Roles roles,
            OutputTag<Flow> lateTag) {
        this.rule = rule;
        this.roles = roles;
        this.configVersion = configVersion;
        this.selector = selector;
        this.anyProtocol = anyProtocol;
        this.lateTag = lateTag;
    }

    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        groups = KeyGroups.of(getRuntimeContext().getTaskInfo());
        tables = new BeaconTable[groups.count()];
        wheel = new TimingWheel<>(rule.slideMs());
        seed = ThreadLocalRandom.current().nextLong();
        watermarkMs = Long.MIN_VALUE;
        excludedPorts = new PortSet(rule.excludedPorts());
        excludedDestinations = NetworkSet.of(rule.excludedDestinations());
        suspects = NetworkSet.of(rule.suspects());
        rhythm = new Rhythm(rule.cadence() == null ? 0 : BeaconScore.leastCadence(rule.cadence().minScore()));
        groups.read(context, this);
    }

    @Override
    public void open() throws Exception {
        super.open();
        late = Tally.of(getRuntimeContext(), Tally.LATE_BEACON);
        evicted = Tally.of(getRuntimeContext(), Tally.EVICTED_BEACON);
        getMetricGroup().gauge("beacon_tuples", this::held);
    }

    /** How many tuples are held. */
    int held() {
        int held = 0;
        for (BeaconTable table : tables) {
            held += table == null ? 0 : table.tuples();
        }
        return held;
    }

    private BeaconTable table(int group) {
        int index = group - groups.first();
        if (tables[index] == null) {
            tables[index] = new BeaconTable(
                    rule, seed, anyProtocol, MAX_NEW / groups.of() + 1, MAX_HELD / groups.of() + 1, wheel, this);
            tables[index].judged(watermarkMs);
        }
        return tables[index];
    }

    /** There is no state of the backend's to select. */
    @Override
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<Flow> element) throws Exception {
        Flow flow = element.getValue();
        if (flow.direction != Direction.OUTBOUND
                || !anyProtocol && flow.protocol != TCP && flow.protocol != UDP
                || excludedPorts.contains(flow.dstPort)
                || excludedDestinations.contains(flow.dstHi, flow.dstLo)
                || roles.hasAny(rule.excludedDestinationRoles(), flow.dstHi, flow.dstLo)
                || roles.hasAny(rule.excludedSourceRoles(), flow.srcHi, flow.srcLo)) {
            return;
        }
        long sliceEndMs = (Math.floorDiv(flow.startMs, rule.slideMs()) + 1) * rule.slideMs();
        if (sliceEndMs - 1 <= watermarkMs) {
            late.increment();
            output.collect(lateTag, element);
            return;
        }
        table(groups.groupOf(selector.getKey(flow))).add(flow);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMs = mark.getTimestamp();
        wheel.advance(watermarkMs, tuple -> tuple.table.advance(tuple, watermarkMs));
        for (BeaconTable table : tables) {
            if (table != null) {
                table.judged(watermarkMs);
            }
        }
        output.emitWatermark(mark);
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
        evicted.increment();
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
                    .suspect(suspects.contains(finding.dst));
        }
        output.collect(new StreamRecord<>(candidate, toMs - 1));
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
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = rule.info().id();
        finding.ruleTitle = rule.info().title();
        finding.tags = rule.info().tags();
        finding.configVersion = configVersion;
        finding.episodeMs = toMs;
        finding.timeMs = toMs;
        finding.src = new Address(tuple.srcHi, tuple.srcLo);
        finding.dst = new Address(tuple.dstHi, tuple.dstLo);
        finding.dstPort = tuple.dstPort;
        finding.protocol = tuple.protocol;
        return finding;
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        groups.write(context, this);
    }

    @Override
    public boolean isEmpty(int group) {
        BeaconTable table = tables[group - groups.first()];
        return table == null || table.tuples() == 0;
    }

    @Override
    public void write(int group, DataOutputView out) throws IOException {
        table(group).write(out);
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        table(group).read(in);
    }
}
