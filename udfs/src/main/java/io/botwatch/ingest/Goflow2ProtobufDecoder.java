package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneOffset;

/**
 * goflow2's protobuf: one FlowMessage a record, counters not scaled by its sampling rate. What a message leaves out is 0, as
 * protobuf has it; only addresses and a start must be there.
 *
 * <p>Version 2 and later have times in nanoseconds (fields 110 to 112). Version 1 has them in milliseconds (63, 64) or seconds
 * (2, 38, 5); these are read only where none of the others is set, because version 2 uses 38 for something else. A start of
 * 0 means that the exporter sent none; the time that the collector received the record stands in.
 *
 * <p>A message may come with its length in front (version 2 and later, or {@code format.protobuf.fixedlen}) or bare. What is
 * exactly as long as its first number says is read with a length, and bare only if that gives no flow. goflow2's own messages
 * cannot be mistaken: bare ones begin with their type, which as a length would leave eight bytes, too few for two addresses.
 */
public final class Goflow2ProtobufDecoder implements FlowDecoder {
    /** As for times in text: nothing that is added to a time overflows. */
    private static final long LATEST_MS = 100_000_000_000_000_000L;

    private static final long NANOS_IN_MILLI = 1_000_000;

    private final ProtobufFields fields = new ProtobufFields();
    private final FlowDraft draft = new FlowDraft(ZoneOffset.UTC, false);

    // Times of the message as they stand in it; 0 where it has none.

    private long startNs;
    private long endNs;
    private long receivedNs;
    private long startMs;
    private long endMs;
    private long startSeconds;
    private long endSeconds;
    private long receivedSeconds;

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        if (MessageLength.endOfMessage(bytes, from, to) != to) {
            return message(bytes, from, to, into);
        }
        try {
            return message(bytes, MessageLength.endOfLength(bytes, from), to, into);
        } catch (UndecodableException withLength) {
            try {
                return message(bytes, from, to, into);
            } catch (UndecodableException bare) {
                throw withLength;
            }
        }
    }

    private Outcome message(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        draft.begin(into);
        draft.bytes = draft.packets = 0;
        draft.protocol(0);
        startNs = endNs = receivedNs = startMs = endMs = startSeconds = endSeconds = receivedSeconds = 0;
        fields.open(bytes, from, to);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            switch (field) {
                case 2 -> receivedSeconds = fields.varint();
                case 3 -> draft.samplingRate(fields.varint());
                case 5 -> endSeconds = fields.varint();
                case 6 -> draft.sourceBytes(bytes, fields.from(), fields.to());
                case 7 -> draft.destinationBytes(bytes, fields.from(), fields.to());
                case 9 -> draft.bytes = count("bytes");
                case 10 -> draft.packets = count("packets");
                case 11 -> draft.exporterBytes(bytes, fields.from(), fields.to());
                case 20 -> draft.protocol(fields.varint());
                case 21 -> draft.srcPort(fields.varint());
                case 22 -> draft.dstPort(fields.varint());
                case 24 -> draft.verdict(ForwardingStatus.verdict(fields.varint()));
                case 26 -> draft.tcpFlags((int) fields.varint() & 0xFF);
                case 30 -> {
                    if (!EtherType.isIpOrUnset(fields.varint())) {
                        draft.notIp();
                    }
                }
                case 38 -> startSeconds = fields.varint();
                case 63 -> startMs = fields.varint();
                case 64 -> endMs = fields.varint();
                case 110 -> receivedNs = fields.varint();
                case 111 -> startNs = fields.varint();
                case 112 -> endNs = fields.varint();
                default -> {}
            }
        }
        times();
        return draft.finish();
    }

    private void times() throws UndecodableException {
        boolean nanos = (startNs | endNs | receivedNs) != 0;
        long received = nanos
                ? time("time_received_ns", receivedNs, EpochUnit.NANOS)
                : time("time_received", receivedSeconds, EpochUnit.SECONDS);
        long start = nanos
                ? time("time_flow_start_ns", startNs, EpochUnit.NANOS)
                : millisOrSeconds("time_flow_start", startMs, startSeconds);
        draft.startMs = start == FlowDraft.ABSENT ? received : start;
        draft.endMs = nanos
                ? time("time_flow_end_ns", endNs, EpochUnit.NANOS)
                : millisOrSeconds("time_flow_end", endMs, endSeconds);
        draft.exported(received);
    }

    private static long millisOrSeconds(String field, long millis, long seconds) throws UndecodableException {
        return millis != 0 ? time(field, millis, EpochUnit.MILLIS) : time(field, seconds, EpochUnit.SECONDS);
    }

    /** @return epoch ms, or {@link FlowDraft#ABSENT} for 0 */
    private static long time(String field, long value, EpochUnit unit) throws UndecodableException {
        long latest = switch (unit) {
            case NANOS -> -1; // unsigned: the year 2554
            case SECONDS -> LATEST_MS / 1000;
            default -> LATEST_MS;
        };
        if (Long.compareUnsigned(value, latest) > 0) {
            throw new UndecodableException(Reason.BAD_TIME, field + " is " + Long.toUnsignedString(value));
        }
        long millis = switch (unit) {
            case NANOS -> Long.divideUnsigned(value, NANOS_IN_MILLI);
            case SECONDS -> value * 1000;
            default -> value;
        };
        return millis == 0 ? FlowDraft.ABSENT : millis;
    }

    private long count(String field) throws UndecodableException {
        long count = fields.varint();
        if (count < 0) {
            throw new UndecodableException(Reason.BAD_NUMBER, field + " is " + Long.toUnsignedString(count));
        }
        return count;
    }
}
