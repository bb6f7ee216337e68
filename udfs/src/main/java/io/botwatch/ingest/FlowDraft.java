package io.botwatch.ingest;

import io.botwatch.flow.Address;
import io.botwatch.flow.AddressParser;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.UndecodableException.Reason;
import java.time.ZoneId;

/**
 * The parts of one flow while its fields are read, in whatever order they come; {@link #finish} checks that they make a
 * flow. The rules that all formats share are here, so that no decoder can forget one.
 *
 * <p>Addresses and ports are judged at the end only: what they may be depends on the protocol, which may come later.
 */
final class FlowDraft {
    static final long ABSENT = TimestampParser.ABSENT;

    /** The value of IPFIX's biflowDirection (information element 239) that says so. */
    static final long REVERSE_INITIATOR = 2;

    private static final int MAC_LENGTH = "00:00:00:00:00:00".length();

    private final AddressParser address = new AddressParser();
    private final TimestampParser timestamps;
    private final boolean swapReversedTimes;

    private Flow flow;

    /** Epoch ms, or {@link #ABSENT}. */
    long startMs;

    /** Epoch ms, or {@link #ABSENT}. */
    long endMs;

    /** 0 to 255, UNKNOWN or NOT_IP of {@link ProtocolNames}; meaningless until {@link #hasProtocol}. */
    int protocol;

    boolean hasProtocol;

    /** Bytes of the source, or -1 when there was no such field. */
    long bytes;

    /** Packets of the source, or -1 when there was no such field. */
    long packets;

    private int srcPort;
    private int dstPort;
    private boolean hasSource;
    private boolean hasDestination;
    private boolean notIp;
    private boolean endsSwapped;
    private UndecodableException addressProblem;
    private UndecodableException portProblem;

    /**
     * @param zone of times that name none
     * @param swapReversedTimes whether an end before the start means that the exporter mixed the two up; otherwise such a
     *     record ends when it starts
     */
    FlowDraft(ZoneId zone, boolean swapReversedTimes) {
        this.timestamps = new TimestampParser(zone);
        this.swapReversedTimes = swapReversedTimes;
    }

    void begin(Flow into) {
        into.clear();
        flow = into;
        startMs = endMs = ABSENT;
        protocol = ProtocolNames.UNKNOWN;
        hasProtocol = hasSource = hasDestination = notIp = endsSwapped = false;
        bytes = packets = -1;
        srcPort = dstPort = 0;
        addressProblem = portProblem = null;
    }

    /** The record is well-formed, and of something else than IP. */
    void notIp() {
        notIp = true;
    }

    void source(byte[] text, int from, int to) {
        if (isAddress("source address", text, from, to)) {
            flow.srcHi = address.hi;
            flow.srcLo = address.lo;
            hasSource = true;
        }
    }

    void destination(byte[] text, int from, int to) {
        if (isAddress("destination address", text, from, to)) {
            flow.dstHi = address.hi;
            flow.dstLo = address.lo;
            hasDestination = true;
        }
    }

    private boolean isAddress(String field, byte[] text, int from, int to) {
        if (isUnset(text, from, to)) {
            return false;
        }
        if (address.parse(text, from, to)) {
            return true;
        }
        if (isMac(text, from, to)) {
            notIp = true;
        } else if (addressProblem == null) {
            addressProblem = UndecodableException.of(Reason.BAD_ADDRESS, field, text, from, to);
        }
        return false;
    }

    /** The source address in network byte order: 4 or 16 bytes, or none. */
    void sourceBytes(byte[] bytes, int from, int to) {
        if (isAddressInBytes("source address", bytes, from, to)) {
            flow.srcHi = address.hi;
            flow.srcLo = address.lo;
            hasSource = true;
        }
    }

    /** The destination address in network byte order: 4 or 16 bytes, or none. */
    void destinationBytes(byte[] bytes, int from, int to) {
        if (isAddressInBytes("destination address", bytes, from, to)) {
            flow.dstHi = address.hi;
            flow.dstLo = address.lo;
            hasDestination = true;
        }
    }

    private boolean isAddressInBytes(String field, byte[] bytes, int from, int to) {
        if (readAddress(bytes, from, to)) {
            return true;
        }
        if (from < to && addressProblem == null) {
            addressProblem = new UndecodableException(Reason.BAD_ADDRESS, field + " has " + (to - from) + " bytes");
        }
        return false;
    }

    private boolean readAddress(byte[] bytes, int from, int to) {
        switch (to - from) {
            case 4 -> {
                address.hi = 0;
                address.lo = Address.v4((int) bigEndian(bytes, from, to));
            }
            case 16 -> {
                address.hi = bigEndian(bytes, from, from + 8);
                address.lo = bigEndian(bytes, from + 8, to);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static long bigEndian(byte[] bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value << 8 | bytes[i] & 0xFF;
        }
        return value;
    }

    private static boolean isMac(byte[] text, int from, int to) {
        if (to - from != MAC_LENGTH) {
            return false;
        }
        for (int i = 0; i < MAC_LENGTH; i++) {
            byte c = text[from + i];
            if (i % 3 == 2 ? c != ':' : Character.digit(c, 16) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Who exported the record: a hint, so what is no address is ignored. */
    void exporter(byte[] text, int from, int to) {
        if (address.parse(text, from, to)) {
            flow.exporterHi = address.hi;
            flow.exporterLo = address.lo;
        }
    }

    /** As {@link #exporter}, in network byte order. */
    void exporterBytes(byte[] bytes, int from, int to) {
        if (readAddress(bytes, from, to)) {
            flow.exporterHi = address.hi;
            flow.exporterLo = address.lo;
        }
    }

    /** When the record was exported or received, epoch ms; what is not positive is no time. */
    void exported(long timeMs) {
        flow.exportedMs = Math.max(0, timeMs);
    }

    void verdict(Verdict verdict) {
        flow.verdict = verdict;
    }

    void srcPort(byte[] text, int from, int to) {
        srcPort = port("source port", text, from, to);
    }

    void dstPort(byte[] text, int from, int to) {
        dstPort = port("destination port", text, from, to);
    }

    private int port(String field, byte[] text, int from, int to) {
        if (isUnset(text, from, to)) {
            return 0;
        }
        int port = DecimalText.unsigned16(text, from, to);
        if (port < 0 && portProblem == null) {
            portProblem = UndecodableException.of(Reason.BAD_PORT, field, text, from, to);
        }
        return port;
    }

    /** As an unsigned number. */
    void srcPort(long port) {
        srcPort = port("source port", port);
    }

    /** As an unsigned number. */
    void dstPort(long port) {
        dstPort = port("destination port", port);
    }

    private int port(String field, long port) {
        boolean bad = port < 0 || port > 0xFFFF;
        if (bad && portProblem == null) {
            portProblem = new UndecodableException(Reason.BAD_PORT, field + " is " + Long.toUnsignedString(port));
        }
        return bad ? 0 : (int) port;
    }

    /** A name or a number. */
    void protocol(byte[] text, int from, int to) throws UndecodableException {
        protocol = ProtocolNames.number(text, from, to);
        hasProtocol = true;
        if (protocol == ProtocolNames.BAD) {
            throw UndecodableException.of(Reason.BAD_NUMBER, "protocol", text, from, to);
        }
    }

    /** As an unsigned number. */
    void protocol(long number) throws UndecodableException {
        if (number < 0 || number > ProtocolNames.RESERVED) {
            throw new UndecodableException(Reason.BAD_NUMBER, "protocol is " + Long.toUnsignedString(number));
        }
        protocol = (int) number;
        hasProtocol = true;
    }

    /** @return epoch ms, or {@link #ABSENT} */
    long time(String field, byte[] text, int from, int to, EpochUnit unit) throws UndecodableException {
        if (isUnset(text, from, to)) {
            return ABSENT;
        }
        long time = timestamps.parse(text, from, to, unit);
        if (time == TimestampParser.BAD) {
            throw UndecodableException.of(Reason.BAD_TIME, field, text, from, to);
        }
        return time;
    }

    /**
     * The time in a field that is a hint.
     *
     * @return epoch ms, or a negative number when there is none
     */
    long timeOrNone(byte[] text, int from, int to, EpochUnit unit) {
        return isUnset(text, from, to) ? ABSENT : timestamps.parse(text, from, to, unit);
    }

    /** @return a number of seconds as milliseconds, 0 when unset; negative when it is */
    static long durationMs(String field, byte[] text, int from, int to) throws UndecodableException {
        return durationMs(field, text, from, to, EpochUnit.SECONDS);
    }

    /** @return a number of the unit as milliseconds, 0 when unset; negative when it is */
    static long durationMs(String field, byte[] text, int from, int to, EpochUnit unit) throws UndecodableException {
        if (isUnset(text, from, to)) {
            return 0;
        }
        long millis = DecimalText.millis(text, from, to, unit);
        if (millis == DecimalText.BAD_MILLIS) {
            throw UndecodableException.of(Reason.BAD_TIME, field, text, from, to);
        }
        return millis;
    }

    static long count(String field, byte[] text, int from, int to) throws UndecodableException {
        long count = DecimalText.count(text, from, to);
        if (count < 0) {
            throw UndecodableException.of(Reason.BAD_NUMBER, field, text, from, to);
        }
        return count;
    }

    /** 1 in N packets; exporters write 0 when they do not sample. */
    void samplingRate(byte[] text, int from, int to) throws UndecodableException {
        if (isUnset(text, from, to)) {
            return;
        }
        samplingRate(count("sampling rate", text, from, to));
    }

    /** As an unsigned number. */
    void samplingRate(long rate) throws UndecodableException {
        if (rate < 0 || rate > Integer.MAX_VALUE) {
            throw new UndecodableException(Reason.BAD_NUMBER, "sampling rate is " + Long.toUnsignedString(rate));
        }
        flow.samplingRate = (int) Math.max(1, rate);
    }

    void tcpFlags(int flags) {
        flow.tcpFlags |= flags;
    }

    /** The record covers both directions. */
    void reverse(long reverseBytes, long reversePackets) {
        flow.biflow = true;
        flow.reverseBytes = reverseBytes;
        flow.reversePackets = reversePackets;
    }

    /** The initiator is what the record calls its destination: RFC 5103. */
    void swapEnds() {
        endsSwapped = true;
    }

    /** Whether the source alone has this port. */
    boolean comesFrom(int port) {
        return srcPort == port && dstPort != port;
    }

    boolean sourceIsV6() {
        return hasSource && !Address.isV4(flow.srcHi, flow.srcLo);
    }

    /** Fills in what remains and checks that it is a flow. */
    Outcome finish() throws UndecodableException {
        if (notIp || protocol == ProtocolNames.NOT_IP) {
            return Outcome.NOT_IP;
        }
        if (addressProblem != null) {
            throw addressProblem;
        }
        require(hasSource, "source address");
        require(hasDestination, "destination address");
        require(hasProtocol, "protocol");
        require(startMs != ABSENT, "start time");
        require(bytes >= 0, "bytes");
        require(packets >= 0, "packets");
        if (protocol == ProtocolNames.UNKNOWN) {
            protocol = ProtocolNames.RESERVED;
        }
        flow.protocol = protocol;
        if (ProtocolNames.hasPorts(protocol)) {
            if (portProblem != null) {
                throw portProblem;
            }
            flow.srcPort = srcPort;
            flow.dstPort = dstPort;
        }
        if (protocol != ProtocolNames.TCP) {
            flow.tcpFlags = 0;
        }
        flow.bytes = bytes;
        flow.packets = packets;
        if (endMs == ABSENT) {
            endMs = startMs;
        }
        boolean reversed = endMs < startMs;
        flow.startMs = reversed && swapReversedTimes ? endMs : startMs;
        flow.endMs = reversed ? startMs : endMs;
        if (endsSwapped) {
            swap();
        }
        return Outcome.FLOW;
    }

    /** As {@link #finish}, of a record that says who asked whom, and when. */
    Outcome finishLookup() throws UndecodableException {
        if (addressProblem != null) {
            throw addressProblem;
        }
        require(hasSource, "source address");
        require(hasDestination, "destination address");
        require(startMs != ABSENT, "time");
        flow.protocol = Math.max(0, protocol);
        flow.srcPort = srcPort;
        flow.dstPort = dstPort;
        flow.startMs = startMs;
        flow.endMs = startMs;
        bytes = packets = 0;
        if (endsSwapped) {
            swap();
        }
        return Outcome.LOOKUP;
    }

    private void swap() {
        long hi = flow.srcHi;
        long lo = flow.srcLo;
        int port = flow.srcPort;
        flow.srcHi = flow.dstHi;
        flow.srcLo = flow.dstLo;
        flow.srcPort = flow.dstPort;
        flow.dstHi = hi;
        flow.dstLo = lo;
        flow.dstPort = port;
        flow.bytes = flow.reverseBytes;
        flow.packets = flow.reversePackets;
        flow.reverseBytes = bytes;
        flow.reversePackets = packets;
    }

    private static void require(boolean present, String field) throws UndecodableException {
        if (!present) {
            throw new UndecodableException(Reason.MISSING_FIELD, "no " + field);
        }
    }

    /** Nothing, Zeek's {@code -}, or Zeek's {@code (empty)}. */
    static boolean isUnset(byte[] text, int from, int to) {
        return from >= to || (to - from == 1 && text[from] == '-') || (to - from == 7 && text[from] == '(');
    }

    /** Whether there is nothing but white space; such a record is framing in every format. */
    static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isWhiteSpace(bytes[i])) {
                return false;
            }
        }
        return true;
    }

    static boolean isWhiteSpace(byte c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
    }

    static void checkSize(int from, int to) throws UndecodableException {
        if (to - from > FlowDecoder.MAX_RECORD_BYTES) {
            throw new UndecodableException(
                    Reason.TOO_LARGE, "a record of more than " + FlowDecoder.MAX_RECORD_BYTES + " bytes");
        }
    }
}
