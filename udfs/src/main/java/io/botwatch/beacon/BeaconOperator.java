package io.botwatch.beacon;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.metric.Tally;
import io.botwatch.rule.OutboundFilter;
import io.botwatch.rule.RuleSet;
import io.botwatch.wire.KeyGroups;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All beacon rules, behind the one shuffle of connections. The state is the operator's own, per key group and rule, and
 * bounded: a host that scans the Internet makes millions of tuples in minutes.
 */
public final class BeaconOperator extends AbstractStreamOperator<Candidate>
        implements OneInputStreamOperator<Flow, Candidate>, KeyGroups.State, BeaconDetector.Listener {
    /** Tuples of one rule seen once, over the whole job; about 130 bytes each. */
    static final int MAX_NEW = 250_000;

    /** Ints in the windows of one rule's tuples seen more than once, over the whole job; a slice has 8, a check-in 1. */
    static final int MAX_HELD = 100_000_000;

    private static final int VERSION = 1;
    private static final Logger LOG = LoggerFactory.getLogger(BeaconOperator.class);

    private final RuleSet rules;
    private final ConnectionKeySelector selector;
    private final boolean anyProtocol;
    private final OutputTag<Flow> lateTag;

    private transient KeyGroups groups;
    private transient List<BeaconDetector> detectors;

    /** Ids of rules whose state was restored, and that do not run. */
    private transient Set<String> dropped;

    private transient Tally late;
    private transient Tally evicted;

    /**
     * @param selector of the stream's key
     * @param anyProtocol whether protocols are not told apart
     * @param lateTag where flows go whose slice has already been judged
     */
    public BeaconOperator(RuleSet rules, ConnectionKeySelector selector, boolean anyProtocol, OutputTag<Flow> lateTag) {
        this.rules = rules;
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
        long seed = ThreadLocalRandom.current().nextLong();
        detectors = new ArrayList<>();
        Map<OutboundFilter, OutboundFilter> filters = new HashMap<>();
        for (BeaconRule rule : rules.active(BeaconRule.class)) {
            OutboundFilter filter = new OutboundFilter(
                    rule.excludedPorts(),
                    rule.excludedDestinations(),
                    rule.excludedSourceRoles(),
                    rule.excludedDestinationRoles(),
                    rules.roles());
            filters.putIfAbsent(filter, filter);
            detectors.add(new BeaconDetector(
                    rule,
                    filters.get(filter),
                    rules.version(),
                    anyProtocol,
                    groups.count(),
                    MAX_NEW / groups.of() + 1,
                    MAX_HELD / groups.of() + 1,
                    seed,
                    this));
        }
        dropped = new HashSet<>();
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
        return detectors.stream().mapToInt(BeaconDetector::held).sum();
    }

    /** There is no state of the backend's to select. */
    @Override
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<Flow> element) throws Exception {
        Flow flow = element.getValue();
        if (!BeaconDetector.isOfProtocol(flow, anyProtocol)) {
            return;
        }
        int group = -1;
        boolean told = false;
        OutboundFilter asked = null;
        boolean passes = false;
        for (int i = 0; i < detectors.size(); i++) { // without an iterator for every connection
            BeaconDetector detector = detectors.get(i);
            if (detector.filter() != asked) { // profiles of one rule share theirs
                asked = detector.filter();
                passes = asked.passes(flow);
            }
            if (!passes) {
                continue;
            }
            if (detector.isLate(flow)) {
                if (!told) {
                    told = true;
                    late.increment();
                    output.collect(lateTag, element);
                }
                continue;
            }
            if (group < 0) {
                group = groups.groupOf(selector.getKey(flow)) - groups.first();
            }
            detector.add(group, flow);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        for (BeaconDetector detector : detectors) {
            detector.advance(mark.getTimestamp());
        }
        output.emitWatermark(mark);
    }

    @Override
    public void found(Candidate candidate, long toMs) {
        output.collect(new StreamRecord<>(candidate, toMs - 1));
    }

    @Override
    public void evicted() {
        evicted.increment();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        groups.write(context, this);
    }

    @Override
    public boolean isEmpty(int group) {
        return detectors.stream().allMatch(detector -> detector.isEmpty(group - groups.first()));
    }

    /** Rule by rule, each with its key and its length, so that a rule that is gone can be skipped. */
    @Override
    public void write(int group, DataOutputView out) throws IOException {
        int local = group - groups.first();
        List<BeaconDetector> held = detectors.stream().filter(detector -> !detector.isEmpty(local)).toList();
        out.writeByte(VERSION);
        RecordSerializer.writeVarInt(held.size(), out);
        DataOutputSerializer table = new DataOutputSerializer(1_024);
        for (BeaconDetector detector : held) {
            table.clear();
            detector.write(local, table);
            out.writeLong(detector.stateKey());
            out.writeUTF(detector.ruleId());
            out.writeInt(table.length());
            out.write(table.getSharedBuffer(), 0, table.length());
        }
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("beacon state of version " + version + ", this build knows " + VERSION
                    + ": it was written by another release");
        }
        int count = RecordSerializer.readVarInt(in);
        for (int i = 0; i < count; i++) {
            long key = in.readLong();
            String ruleId = in.readUTF();
            byte[] table = new byte[in.readInt()];
            in.readFully(table);
            restore(group - groups.first(), key, ruleId, table);
        }
    }

    private void restore(int group, long key, String ruleId, byte[] table) throws IOException {
        for (BeaconDetector detector : detectors) {
            if (detector.stateKey() == key) {
                detector.read(group, new DataInputDeserializer(table));
                return;
            }
        }
        if (dropped.add(ruleId)) {
            LOG.warn("the state of beacon rule {} is dropped: no rule of this id and of these windows runs", ruleId);
        }
    }
}
