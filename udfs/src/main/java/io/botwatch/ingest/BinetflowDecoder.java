package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Argus records as {@code ra} prints them with a delimiter, comma or tab: the {@code .binetflow} files of the CTU
 * captures. A line that has a column {@code SrcAddr} is a header and names the columns; until there is one, the order of
 * the CTU captures is expected.
 *
 * <p>Always a biflow, ends as recorded: {@code Dir} says in some records that the destination started ({@code <-},
 * {@code <?}) or that it is not known who did ({@code <?>}), and it is not acted upon, so that figures stay comparable
 * with others taken from the same files.
 *
 * <p>Counters: TotBytes and TotPkts cover both directions. Bytes are SrcBytes, reverse bytes the rest of TotBytes (none,
 * should SrcBytes be more); without SrcBytes all bytes and packets are the source's. Packets are SrcPkts and the rest of
 * TotPkts. Without SrcPkts: all packets belong to the end that sent all bytes; when both ends sent, they are halved, and
 * the odd one is the source's.
 *
 * <p>Ends at StartTime plus Dur, each rounded down to a millisecond. Flags are the source's, from a State such as
 * {@code FSPA_FSPA}.
 */
public final class BinetflowDecoder implements FlowDecoder {
    private static final int MAX_COLUMNS = 200;

    private final DelimitedRow row = new DelimitedRow();
    private final FlowDraft draft;

    private boolean headerSeen;
    private byte delimiter = ',';

    // Columns; -1 where the header names none. The CTU captures' until a header is seen.
    private int startTime = 0;
    private int duration = 1;
    private int protocol = 2;
    private int srcAddr = 3;
    private int srcPort = 4;
    private int dstAddr = 6;
    private int dstPort = 7;
    private int state = 8;
    private int totPackets = 11;
    private int totBytes = 12;
    private int srcBytes = 13;
    private int srcPackets = -1;

    /** Columns up to the last one that is read. */
    private int wanted = 14;

    public BinetflowDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of the times, none of which names one: the TZ of the process that printed them */
    public BinetflowDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    @Override
    public boolean hasConnections() {
        return true;
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        if (isLetter(bytes[from]) && isHeader(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        if (!headerSeen) {
            delimiter = delimiterOf(bytes, from, to);
        }
        row.split(bytes, from, to, delimiter, wanted);
        if (row.count() <= Math.max(protocol, Math.max(srcAddr, dstAddr))) {
            throw new UndecodableException(Reason.MALFORMED, "a line of " + row.count() + " columns");
        }
        draft.begin(into);
        draft.protocol(bytes, row.from(protocol), row.to(protocol));
        if (draft.protocol == ProtocolNames.NOT_IP) {
            return Outcome.NOT_IP;
        }
        draft.source(bytes, row.from(srcAddr), row.to(srcAddr));
        draft.destination(bytes, row.from(dstAddr), row.to(dstAddr));
        times(bytes);
        if (row.has(srcPort)) {
            draft.srcPort(bytes, row.from(srcPort), row.to(srcPort));
        }
        if (row.has(dstPort)) {
            draft.dstPort(bytes, row.from(dstPort), row.to(dstPort));
        }
        if (row.has(state)) {
            draft.tcpFlags(TcpFlags.ofArgusState(bytes, row.from(state), row.to(state)));
        }
        counters();
        return draft.finish();
    }

    private void times(byte[] bytes) throws UndecodableException {
        if (row.has(startTime)) {
            draft.startMs =
                    draft.time("StartTime", bytes, row.from(startTime), row.to(startTime), EpochUnit.SECONDS);
        }
        if (row.has(duration) && draft.startMs != FlowDraft.ABSENT) {
            draft.endMs =
                    draft.startMs + FlowDraft.durationMs("Dur", bytes, row.from(duration), row.to(duration));
        }
    }

    private void counters() throws UndecodableException {
        long allBytes = count("TotBytes", totBytes);
        long allPackets = count("TotPkts", totPackets);
        draft.bytes = allBytes;
        draft.packets = allPackets;
        if (allBytes < 0 || allPackets < 0) {
            return; // the draft says which is missing
        }
        long forwardBytes = row.has(srcBytes) ? count("SrcBytes", srcBytes) : allBytes;
        long reverseBytes = Math.max(0, allBytes - forwardBytes);
        long forwardPackets;
        if (row.has(srcPackets)) {
            forwardPackets = count("SrcPkts", srcPackets);
        } else if (reverseBytes == 0) {
            forwardPackets = allPackets;
        } else if (forwardBytes == 0) {
            forwardPackets = 0;
        } else {
            forwardPackets = allPackets - allPackets / 2;
        }
        draft.bytes = forwardBytes;
        draft.packets = forwardPackets;
        draft.reverse(reverseBytes, Math.max(0, allPackets - forwardPackets));
    }

    /** The counter, or -1 when the line has none. */
    private long count(String name, int column) throws UndecodableException {
        return row.has(column) ? FlowDraft.count(name, row.bytes(), row.from(column), row.to(column)) : -1;
    }

    /** Whether the line names columns; they are then those of the lines to come. */
    private boolean isHeader(byte[] bytes, int from, int to) {
        byte delimiterHere = delimiterOf(bytes, from, to);
        row.split(bytes, from, to, delimiterHere, MAX_COLUMNS);
        int source = row.indexOf("SrcAddr");
        int destination = row.indexOf("DstAddr");
        int proto = row.indexOf("Proto");
        if (source < 0 || destination < 0 || proto < 0) {
            return false;
        }
        headerSeen = true;
        delimiter = delimiterHere;
        srcAddr = source;
        dstAddr = destination;
        protocol = proto;
        startTime = row.indexOf("StartTime");
        duration = row.indexOf("Dur");
        srcPort = row.indexOf("Sport");
        dstPort = row.indexOf("Dport");
        state = row.indexOf("State");
        totPackets = row.indexOf("TotPkts");
        totBytes = row.indexOf("TotBytes");
        srcBytes = row.indexOf("SrcBytes");
        srcPackets = row.indexOf("SrcPkts");
        wanted = 0;
        for (int column : new int[] {
            startTime, duration, protocol, srcAddr, srcPort, dstAddr, dstPort, state, totPackets, totBytes, srcBytes,
            srcPackets
        }) {
            wanted = Math.max(wanted, column + 1);
        }
        return true;
    }

    private static byte delimiterOf(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == ',' || bytes[i] == '\t') {
                return bytes[i];
            }
        }
        return ',';
    }

    private static boolean isLetter(byte c) {
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
}
