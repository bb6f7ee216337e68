package io.botwatch.beacon;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.metric.Tally;
import io.botwatch.rule.LiveRules;
import io.botwatch.rule.OutboundFilter;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.wire.KeyGroupOperator;
import io.botwatch.wire.KeyGroups;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RuleChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
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
public final class BeaconOperator extends KeyGroupOperator<Candidate>
        implements OneInputStreamOperator<Flow, Candidate>, KeyGroups.State, BeaconDetector.Listener {
    /** Tuples of one rule seen once, over the whole job; about 130 bytes each. */
    static final int MAX_NEW = 250_000;

    /** Ints in the windows of one rule's tuples seen more than once, over the whole job; a slice has 8, a check-in 1. */
    static final int MAX_HELD = 100_000_000;

    private static final int VERSION = 1;
    private static final Logger LOG = LoggerFactory.getLogger(BeaconOperator.class);

    private final RuleTimeline start;
    private final ConnectionKeySelector selector;
    private final boolean anyProtocol;
    private final OutputTag<Flow> lateTag;


    /** By {@code stateKey}, also of rules that ran before and whose tuples have not all left yet. */
    private transient Map<Long, BeaconDetector> detectors;

    private transient LiveRules<Epoch> rules;

    /** Restored of rules that nothing is known of yet: a change that is on its way may have begun them. */
    private transient Map<Long, List<Restored>> unknown;

    private transient long seed;
    private transient long watermarkMs;
    private transient Tally late;
    private transient Tally evicted;

    /** The rules that run for a time; one index for both lists. */
    private record Epoch(List<BeaconDetector> detectors, List<BeaconJudge> judges, Map<Long, BeaconJudge> byKey) {}

    private record Restored(int group, String ruleId, byte[] table) {}

    /**
     * @param selector of the stream's key
     * @param anyProtocol whether protocols are not told apart
     * @param lateTag where flows go whose slice has already been judged
     */
    public BeaconOperator(RuleTimeline start, ConnectionKeySelector selector, boolean anyProtocol, OutputTag<Flow> lateTag) {
        this.start = start;
        this.selector = selector;
        this.anyProtocol = anyProtocol;
        this.lateTag = lateTag;
    }

    @Override
    protected KeyGroups.State begin() {
        seed = ThreadLocalRandom.current().nextLong();
        watermarkMs = Long.MIN_VALUE;
        detectors = new LinkedHashMap<>();
        unknown = new HashMap<>();
        rules = new LiveRules<>(start, this::epoch);
        return this;
    }

    private Epoch epoch(RuleSet set) {
        Epoch epoch = new Epoch(new ArrayList<>(), new ArrayList<>(), new HashMap<>());
        Map<OutboundFilter, OutboundFilter> filters = new HashMap<>();
        for (BeaconRule rule : set.active(BeaconRule.class)) {
            OutboundFilter filter = new OutboundFilter(
                    rule.excludedPorts(),
                    rule.excludedDestinations(),
                    rule.excludedSourceRoles(),
                    rule.excludedDestinationRoles(),
                    set.roles());
            filters.putIfAbsent(filter, filter);
            BeaconJudge judge = new BeaconJudge(rule, filters.get(filter), set.version(), anyProtocol);
            BeaconDetector detector = detectors.computeIfAbsent(rule.stateKey(), key -> detector(judge));
            detector.atLeast(rule.minConnections());
            epoch.detectors.add(detector);
            epoch.judges.add(judge);
            epoch.byKey.put(rule.stateKey(), judge);
        }
        return epoch;
    }

    private BeaconDetector detector(BeaconJudge judge) {
        long key = judge.rule().stateKey();
        return new BeaconDetector(
                judge,
                toMs -> rules.at(toMs).byKey.get(key),
                anyProtocol,
                groups.count(),
                MAX_NEW / groups.of() + 1,
                MAX_HELD / groups.of() + 1,
                seed,
                watermarkMs,
                this);
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
        return detectors.values().stream().mapToInt(BeaconDetector::held).sum();
    }

    @Override
    public void processElement(StreamRecord<Flow> element) throws Exception {
        Flow flow = element.getValue();
        if (flow.change() != null) {
            take(flow.change());
            return;
        }
        if (!BeaconDetector.isOfProtocol(flow, anyProtocol)) {
            return;
        }
        Epoch epoch = rules.at(flow.startMs);
        int group = -1;
        boolean told = false;
        OutboundFilter asked = null;
        boolean passes = false;
        for (int i = 0; i < epoch.detectors.size(); i++) { // without an iterator for every connection
            OutboundFilter filter = epoch.judges.get(i).filter();
            if (filter != asked) { // profiles of one rule share theirs
                asked = filter;
                passes = asked.passes(flow);
            }
            if (!passes) {
                continue;
            }
            BeaconDetector detector = epoch.detectors.get(i);
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

    private void take(RuleChange change) throws IOException {
        if (rules.take(change)) {
            for (BeaconDetector detector : detectors.values()) {
                List<Restored> tables = unknown.remove(detector.stateKey());
                if (tables != null) {
                    for (Restored restored : tables) {
                        detector.read(restored.group, new DataInputDeserializer(restored.table));
                    }
                }
            }
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        watermarkMs = mark.getTimestamp();
        forgetUnknown();
        for (BeaconDetector detector : detectors.values()) {
            detector.advance(watermarkMs);
        }
        output.emitWatermark(mark);
    }

    /** What changes there were came before the first watermark. */
    private void forgetUnknown() {
        unknown.values().stream().map(tables -> tables.get(0).ruleId).forEach(ruleId -> LOG.warn(
                "the state of beacon rule {} is dropped: no rule of this id and of these windows runs", ruleId));
        unknown.clear();
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
    public boolean isEmpty(int group) {
        int local = group - groups.first();
        return detectors.values().stream().allMatch(detector -> detector.isEmpty(local))
                && unknown.values().stream().flatMap(List::stream).noneMatch(restored -> restored.group == local);
    }

    /** Rule by rule, each with its key and its length, so that a rule that is gone can be skipped. */
    @Override
    public void write(int group, DataOutputView out) throws IOException {
        int local = group - groups.first();
        List<BeaconDetector> held =
                detectors.values().stream().filter(detector -> !detector.isEmpty(local)).toList();
        int unknownTables = (int) unknown.values().stream()
                .flatMap(List::stream)
                .filter(restored -> restored.group == local)
                .count();
        out.writeByte(VERSION);
        RecordSerializer.writeVarInt(held.size() + unknownTables, out);
        DataOutputSerializer table = new DataOutputSerializer(1_024);
        for (BeaconDetector detector : held) {
            table.clear();
            detector.write(local, table);
            writeTable(detector.stateKey(), detector.ruleId(), table.getSharedBuffer(), table.length(), out);
        }
        for (Map.Entry<Long, List<Restored>> tables : unknown.entrySet()) {
            for (Restored restored : tables.getValue()) {
                if (restored.group == local) {
                    writeTable(tables.getKey(), restored.ruleId, restored.table, restored.table.length, out);
                }
            }
        }
    }

    private static void writeTable(long key, String ruleId, byte[] bytes, int length, DataOutputView out) throws IOException {
        out.writeLong(key);
        out.writeUTF(ruleId);
        out.writeInt(length);
        out.write(bytes, 0, length);
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        KeyGroups.readVersion("beacon states", VERSION, VERSION, in);
        int count = RecordSerializer.readVarInt(in);
        for (int i = 0; i < count; i++) {
            long key = in.readLong();
            String ruleId = in.readUTF();
            byte[] table = new byte[in.readInt()];
            in.readFully(table);
            BeaconDetector detector = detectors.get(key);
            int local = group - groups.first();
            if (detector == null) {
                unknown.computeIfAbsent(key, none -> new ArrayList<>()).add(new Restored(local, ruleId, table));
            } else {
                detector.read(local, new DataInputDeserializer(table));
            }
        }
    }
}
