package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The lines of {@code nfdump -o csv}. A line that starts with {@code ts} names the columns; until there is one, those of
 * nfdump 1.7.1 are expected. The trailer (a line {@code Summary}, its header and its values) is framing.
 *
 * <p>Starts are whole seconds, durations milliseconds: the end is {@code ts} plus {@code td} when that is from 0 to 366
 * days, and {@code te} otherwise (a broken duration prints as a huge negative number). When that is before the start the
 * two are swapped, as in {@link NfdumpJsonDecoder}. Packets and bytes of the way back make the record a biflow.
 */
public final class NfdumpCsvDecoder implements FlowDecoder {
    private static final int MAX_COLUMNS = 200;
    private static final long LONGEST_MS = 366L * 86_400_000;

    private final DelimitedRow row = new DelimitedRow();
    private final FlowDraft draft;

    // Columns; -1 where the header names none. Those of nfdump 1.7.1 until a header is seen.
    private int first = 0;
    private int last = 1;
    private int duration = 2;
    private int srcAddr = 3;
    private int dstAddr = 4;
    private int srcPort = 5;
    private int dstPort = 6;
    private int protocol = 7;
    private int flags = 8;
    private int forwarding = 9;
    private int packets = 11;
    private int bytesIn = 12;
    private int reversePackets = 13;
    private int bytesOut = 14;
    private int router = 44;
    private int received = 47;

    /** Columns up to the last one that is read. */
    private int wanted = 48;

    private boolean trailer;

    public NfdumpCsvDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of the times, none of which names one: that of the nfdump process */
    public NfdumpCsvDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, true);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        row.split(bytes, from, to, (byte) ',', 2);
        if (row.is(0, "ts") && isHeader(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        if (row.is(0, "Summary") && row.count() == 1) {
            trailer = true;
        }
        if (trailer) {
            return Outcome.FRAMING;
        }
        row.split(bytes, from, to, (byte) ',', wanted);
        if (row.count() <= Math.max(protocol, Math.max(srcAddr, dstAddr))) {
            throw new UndecodableException(Reason.MALFORMED, "a line of " + row.count() + " columns");
        }
        draft.begin(into);
        draft.protocol(bytes, row.from(protocol), row.to(protocol));
        draft.source(bytes, row.from(srcAddr), row.to(srcAddr));
        draft.destination(bytes, row.from(dstAddr), row.to(dstAddr));
        times(bytes);
        if (row.has(srcPort)) {
            draft.srcPort(bytes, row.from(srcPort), row.to(srcPort));
        }
        if (row.has(dstPort)) {
            draft.dstPort(bytes, row.from(dstPort), row.to(dstPort));
        }
        if (row.has(flags)) {
            draft.tcpFlags(TcpFlags.parse(bytes, row.from(flags), row.to(flags)));
        }
        draft.packets = count("ipkt", packets, -1);
        draft.bytes = count("ibyt", bytesIn, -1);
        long backPackets = count("opkt", reversePackets, 0);
        long backBytes = count("obyt", bytesOut, 0);
        if (backPackets > 0 || backBytes > 0) {
            draft.reverse(backBytes, backPackets);
        }
        if (row.has(router)) {
            draft.exporter(bytes, row.from(router), row.to(router));
        }
        if (row.has(forwarding)) {
            draft.verdict(ForwardingStatus.verdict(bytes, row.from(forwarding), row.to(forwarding)));
        }
        if (row.has(received)) {
            draft.exported(draft.timeOrNone(bytes, row.from(received), row.to(received), EpochUnit.GUESS));
        }
        return draft.finish();
    }

    private void times(byte[] bytes) throws UndecodableException {
        if (!row.has(first)) {
            return;
        }
        draft.startMs = draft.time("ts", bytes, row.from(first), row.to(first), EpochUnit.GUESS);
        if (draft.startMs == FlowDraft.ABSENT) {
            return;
        }
        long length = row.has(duration)
                ? FlowDraft.durationMs("td", bytes, row.from(duration), row.to(duration))
                : -1;
        if (length >= 0 && length <= LONGEST_MS) {
            draft.endMs = draft.startMs + length;
        } else if (row.has(last)) {
            draft.endMs = draft.time("te", bytes, row.from(last), row.to(last), EpochUnit.GUESS);
        }
    }

    private long count(String name, int column, long otherwise) throws UndecodableException {
        return row.has(column) ? FlowDraft.count(name, row.bytes(), row.from(column), row.to(column)) : otherwise;
    }

    /** Whether the line names columns; they are then those of the lines to come. */
    private boolean isHeader(byte[] bytes, int from, int to) {
        row.split(bytes, from, to, (byte) ',', MAX_COLUMNS);
        int source = row.indexOf("sa");
        int destination = row.indexOf("da");
        int proto = row.indexOf("pr");
        if (source < 0 || destination < 0 || proto < 0) {
            return false;
        }
        trailer = false;
        srcAddr = source;
        dstAddr = destination;
        protocol = proto;
        first = row.indexOf("ts");
        last = row.indexOf("te");
        duration = row.indexOf("td");
        srcPort = row.indexOf("sp");
        dstPort = row.indexOf("dp");
        flags = row.indexOf("flg");
        packets = row.indexOf("ipkt");
        bytesIn = row.indexOf("ibyt");
        reversePackets = row.indexOf("opkt");
        bytesOut = row.indexOf("obyt");
        router = row.indexOf("ra");
        forwarding = row.indexOf("fwd");
        received = row.indexOf("tr");
        wanted = 0;
        for (int column : new int[] {
            first, last, duration, srcAddr, dstAddr, srcPort, dstPort, protocol, flags, packets, bytesIn, reversePackets,
            bytesOut, router, forwarding, received
        }) {
            wanted = Math.max(wanted, column + 1);
        }
        return true;
    }
}
