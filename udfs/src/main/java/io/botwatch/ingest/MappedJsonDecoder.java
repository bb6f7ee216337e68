package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.JsonMapping.Pairs;
import io.botwatch.ingest.JsonMapping.Target;
import io.botwatch.ingest.JsonMapping.Unit;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * JSON of any shape, read as a mapping file says: one flow a record, or one in each element of an array.
 *
 * <p>A record with an array is parsed twice, because what lies around the array, which belongs to every flow, may come after
 * it. So a record that is not JSON is one dead letter, and an element that is no flow is one, too, and spoils no other.
 */
public final class MappedJsonDecoder implements FlowDecoder {
    private final JsonMapping mapping;
    private final int conditions;
    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    /** What was read around the array, by the target's index. */
    private final Scalar[] around;

    private final Scalar pairName = new Scalar();
    private final Scalar pairValue = new Scalar();
    private final Scalar pairScope = new Scalar();

    /** Whether the parser stands on an element that was not given yet. */
    private boolean onElement;

    private final BitSet conditionsMet = new BitSet();
    private UndecodableException problem;
    private Unit startUnit;
    private Unit endUnit;
    private long durationMs;
    private long exportedMs;
    private long uptimeMs;
    private long reverseBytes;
    private long reversePackets;
    private long biflowDirection;

    /** A scalar that outlives the parser's buffer. */
    private static final class Scalar {
        private final byte[] text = new byte[JsonFields.LONGEST];
        private int length = -1;

        void set(byte[] bytes, int from, int to) {
            length = to - from;
            System.arraycopy(bytes, from, text, 0, length);
        }

        boolean isSet() {
            return length >= 0;
        }

        @Override
        public String toString() {
            return new String(text, 0, length, StandardCharsets.US_ASCII);
        }
    }

    /** @param zone of times that name none */
    public MappedJsonDecoder(JsonMapping mapping, ZoneId zone) {
        this.mapping = mapping;
        this.conditions = mapping.conditions();
        this.draft = new FlowDraft(zone, false);
        this.around = mapping.targets().stream().map(target -> new Scalar()).toArray(Scalar[]::new);
    }

    @Override
    public boolean hasConnections() {
        return mapping.connections();
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        leave();
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        if (mapping.each() == null) {
            begin(into);
            readRecord(bytes, from, to, this::take);
            return finish();
        }
        for (Scalar scalar : around) {
            scalar.length = -1;
        }
        readRecord(bytes, from, to, (target, text, start, end) -> around[target.index()].set(text, start, end));
        enter(bytes, from, to);
        return onElement ? next(into) : Outcome.FRAMING;
    }

    private void readRecord(byte[] bytes, int from, int to, PathTree.Visitor<Target> visitor) throws UndecodableException {
        try {
            json.open(bytes, from, to);
            mapping.outer().walk(json, visitor);
            json.end();
        } finally {
            json.close();
        }
    }

    /** Moves to the first element. */
    private void enter(byte[] bytes, int from, int to) throws UndecodableException {
        json.open(bytes, from, to);
        if (!find(mapping.each())) {
            json.close();
            throw new UndecodableException(Reason.MISSING_FIELD, "no list at /" + String.join("/", mapping.each()));
        }
        advance();
    }

    /** Whether there is an array at the path, which is then entered. */
    private boolean find(List<String> path) throws UndecodableException {
        for (int depth = 0; depth < path.size(); depth++) {
            if (!(depth == 0 || json.enterObject() ? findField(path.get(depth)) : findElement(path.get(depth)))) {
                return false;
            }
        }
        return json.enterArray();
    }

    private boolean findField(String wanted) throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            if (name.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private boolean findElement(String wanted) throws UndecodableException {
        if (json.enterArray()) {
            for (int i = 0; json.nextElement(); i++) {
                if (wanted.equals(Integer.toString(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    private void advance() throws UndecodableException {
        onElement = json.nextElement();
        if (!onElement) {
            json.close();
        }
    }

    /** Gives up what is left of the last record. */
    private void leave() {
        onElement = false;
        json.close();
    }

    @Override
    public boolean hasNext() {
        return onElement;
    }

    @Override
    public Outcome next(Flow into) throws UndecodableException {
        begin(into);
        for (Target target : mapping.targets()) {
            Scalar scalar = around[target.index()];
            if (scalar.isSet()) {
                take(target, scalar.text, 0, scalar.length);
            }
        }
        if (mapping.pairs() == null) {
            mapping.inner().walkValue(json, this::take);
        } else if (json.enterArray()) {
            while (json.nextElement()) {
                readPair(mapping.pairs());
            }
        }
        advance();
        return finish();
    }

    private void readPair(Pairs pairs) throws UndecodableException {
        if (!json.enterObject()) {
            return;
        }
        pairName.length = pairValue.length = pairScope.length = -1;
        for (String name = json.next(); name != null; name = json.next()) {
            if (!json.isScalar()) {
                continue;
            }
            if (name.equals(pairs.name())) {
                pairName.set(json.text(), json.from(), json.to());
            } else if (name.equals(pairs.value())) {
                pairValue.set(json.text(), json.from(), json.to());
            } else if (name.equals(pairs.scope()) && !json.is("0")) {
                pairScope.set(json.text(), json.from(), json.to());
            }
        }
        PathTree<Target> there = pairScope.isSet() ? mapping.inner().below(pairScope.toString()) : mapping.inner();
        if (there != null && pairName.isSet() && pairValue.isSet()) {
            there = there.below(pairName.toString());
            for (Target target : there == null ? List.<Target>of() : there.targets()) {
                take(target, pairValue.text, 0, pairValue.length);
            }
        }
    }

    private void begin(Flow into) {
        draft.begin(into);
        problem = null;
        conditionsMet.clear();
        startUnit = endUnit = null;
        durationMs = 0;
        exportedMs = FlowDraft.ABSENT;
        uptimeMs = 0;
        reverseBytes = reversePackets = biflowDirection = 0;
    }

    /** A fault waits until the element is read to its end, or the next one could not be found. */
    private void take(Target target, byte[] text, int from, int to) {
        if (target.field() == null) {
            conditionsMet.set(target.index(), is(target.expected(), text, from, to));
            return;
        }
        try {
            set(target, text, from, to);
        } catch (UndecodableException e) {
            problem = problem == null ? e : problem;
        }
    }

    private static boolean is(String expected, byte[] text, int from, int to) {
        byte[] bytes = expected.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(bytes, 0, bytes.length, text, from, to);
    }

    private void set(Target target, byte[] text, int from, int to) throws UndecodableException {
        String name = target.field().label();
        switch (target.field()) {
            case START -> {
                draft.startMs = time(target, text, from, to);
                startUnit = target.unit();
            }
            case END -> {
                draft.endMs = time(target, text, from, to);
                endUnit = target.unit();
            }
            case DURATION ->
                durationMs = Math.max(0, FlowDraft.durationMs(name, text, from, to, target.unit().epoch));
            case EXPORTED -> exportedMs = isUnfit(target, text, from, to)
                    ? FlowDraft.ABSENT
                    : Math.max(FlowDraft.ABSENT, draft.timeOrNone(text, from, to, target.unit().epoch));
            case UPTIME -> uptimeMs = FlowDraft.count(name, text, from, to);
            case SRC -> draft.source(text, from, to);
            case DST -> draft.destination(text, from, to);
            case SRC_PORT -> draft.srcPort(text, from, to);
            case DST_PORT -> draft.dstPort(text, from, to);
            case PROTOCOL -> protocol(target, text, from, to);
            case BYTES -> draft.bytes = FlowDraft.count(name, text, from, to);
            case PACKETS -> draft.packets = FlowDraft.count(name, text, from, to);
            case REVERSE_BYTES -> reverseBytes = FlowDraft.count(name, text, from, to);
            case REVERSE_PACKETS -> reversePackets = FlowDraft.count(name, text, from, to);
            case TCP_FLAGS -> draft.tcpFlags(TcpFlags.parse(text, from, to));
            case SAMPLING_RATE -> draft.samplingRate(text, from, to);
            case EXPORTER -> draft.exporter(text, from, to);
            case VERDICT -> {
                Integer verdict = target.words().get(string(text, from, to));
                draft.verdict(verdict == null ? Verdict.UNKNOWN : Verdict.values()[verdict]);
            }
            case BIFLOW_DIRECTION -> biflowDirection = DecimalText.count(text, from, to);
        }
    }

    private long time(Target target, byte[] text, int from, int to) throws UndecodableException {
        String name = target.field().label();
        if (isUnfit(target, text, from, to)) {
            throw UndecodableException.of(Reason.BAD_TIME, name, text, from, to);
        }
        return draft.time(name, text, from, to, target.unit().epoch);
    }

    /** A number where the mapping says a date. */
    private static boolean isUnfit(Target target, byte[] text, int from, int to) {
        return target.unit() == Unit.ISO
                && DecimalText.millis(text, from, to, EpochUnit.SECONDS) != DecimalText.BAD_MILLIS;
    }

    private void protocol(Target target, byte[] text, int from, int to) throws UndecodableException {
        Integer number = target.words().isEmpty() ? null : target.words().get(string(text, from, to));
        if (number == null) {
            draft.protocol(text, from, to);
        } else {
            draft.protocol = number;
            draft.hasProtocol = true;
        }
    }

    private static String string(byte[] text, int from, int to) {
        return new String(text, from, to - from, StandardCharsets.US_ASCII);
    }

    private Outcome finish() throws UndecodableException {
        if (conditionsMet.cardinality() < conditions) {
            return Outcome.FRAMING;
        }
        if (problem != null) {
            throw problem;
        }
        draft.exported(exportedMs);
        draft.startMs = startUnit == Unit.UPTIME ? sinceStart(draft.startMs) : draft.startMs;
        draft.endMs = endUnit == Unit.UPTIME ? sinceStart(draft.endMs) : draft.endMs;
        if (draft.startMs == FlowDraft.ABSENT && draft.endMs != FlowDraft.ABSENT) {
            draft.startMs = draft.endMs - durationMs;
        } else if (draft.endMs == FlowDraft.ABSENT && draft.startMs != FlowDraft.ABSENT) {
            draft.endMs = draft.startMs + durationMs;
        }
        boolean biflow = mapping.connections() || reverseBytes > 0 || reversePackets > 0 || biflowDirection > 0;
        if (biflow) {
            draft.reverse(reverseBytes, reversePackets);
        }
        if (biflowDirection == FlowDraft.REVERSE_INITIATOR) {
            draft.swapEnds();
        }
        return draft.finish();
    }

    /**
     * The time of an uptime. The counter has 32 bits and goes round every 49.7 days; one that is ahead of the exporter's own
     * is nonsense, and the time of export is the best there is.
     */
    private long sinceStart(long uptimeOfFlowMs) {
        return exportedMs == FlowDraft.ABSENT || uptimeOfFlowMs == FlowDraft.ABSENT
                ? FlowDraft.ABSENT
                : exportedMs - Math.max(0, (int) (uptimeMs - uptimeOfFlowMs));
    }
}
