package io.botwatch.ingest;

/** The two EtherTypes of IP. */
final class EtherType {
    private static final int V4 = 0x0800;
    private static final int V6 = 0x86DD;

    private EtherType() {}

    /** Also 0, which is how collectors leave it when the exporter did not say. */
    static boolean isIpOrUnset(long etherType) {
        return etherType == 0 || etherType == V4 || etherType == V6;
    }
}
