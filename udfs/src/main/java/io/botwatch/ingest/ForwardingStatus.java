package io.botwatch.ingest;

import io.botwatch.flow.Verdict;

/**
 * What became of a flow in the exporter, as NetFlow v9 and IPFIX report it (forwardingStatus, RFC 7270): one byte, of which
 * the upper two bits are the status and the rest its reason. It is a hint that most exporters omit: what is none counts as
 * unknown.
 */
final class ForwardingStatus {
    private static final int FORWARDED = 1;
    private static final int DROPPED = 2;

    /** The exporter itself was meant, or took the packets to work on them: they were not refused. */
    private static final int CONSUMED = 3;

    private ForwardingStatus() {}

    static Verdict verdict(byte[] text, int from, int to) {
        return verdict(DecimalText.count(text, from, to));
    }

    /** Of any number: no reasons are registered below 64 but 0, so 1 to 3 can only be a status without one. */
    static Verdict verdict(long forwardingStatus) {
        if (forwardingStatus < 0 || forwardingStatus > 0xFF) {
            return Verdict.UNKNOWN;
        }
        int status = (int) (forwardingStatus <= CONSUMED ? forwardingStatus : forwardingStatus >>> 6);
        return switch (status) {
            case FORWARDED, CONSUMED -> Verdict.ALLOWED;
            case DROPPED -> Verdict.DENIED;
            default -> Verdict.UNKNOWN;
        };
    }
}
