package io.botwatch.quality;

import java.util.Locale;

/**
 * What packet sampling does to what is seen, in numbers and in words for a finding. An exporter that samples 1 in N takes
 * each packet with probability 1/N, independently (uniform probabilistic sampling, RFC 5475 section 5.2.2.1; every N-th
 * packet of mixed traffic is near to it). A connection of k packets is in the flows if one of them is taken, so with
 * probability {@code 1 - (1 - 1/N)^k}, the complement of k independent misses.
 */
public final class SamplingNote {
    /** From here on so few connections are missed that their count stands as it is. */
    private static final double NEARLY_ALL = 0.99;

    /** Beyond any connection; it bounds the search. */
    private static final double MOST_PACKETS = 1e15;

    private SamplingNote() {}

    /**
     * How likely a connection is to be seen.
     *
     * @param packets of the connection on the wire, at least 0
     * @param rate 1 in N packets, at least 1
     * @return 0 to 1; 1 when nothing is sampled and there is a packet
     */
    public static double probabilitySeen(double packets, int rate) {
        if (packets <= 0) {
            return 0;
        }
        // 1 - (1 - 1/N)^k without the loss of digits that the subtraction costs for a large N.
        return rate <= 1 ? 1 : -Math.expm1(packets * Math.log1p(-1.0 / rate));
    }

    /**
     * How many packets a connection has on the wire, when those that were seen have so many on average after scaling. A
     * connection that is seen has at least one sampled packet, hence at least N scaled ones, so the average of those seen
     * is too high: it is {@code k / (1 - (1 - 1/N)^k)}, the mean of a binomial without its zero, which is solved for k.
     * Exact if all have equally many.
     *
     * @param meanSeen average scaled packets of the connections seen; below N it is taken as N
     * @param rate 1 in N packets, at least 1
     * @return at least 1, at most {@code meanSeen}
     */
    public static double packetsOnTheWire(double meanSeen, int rate) {
        if (rate <= 1) {
            return Math.max(1, meanSeen);
        }
        double low = 1;
        double high = Math.min(MOST_PACKETS, Math.max(1, meanSeen));
        while (high - low > 1e-6 * low) {
            double middle = (low + high) / 2;
            if (middle / probabilitySeen(middle, rate) < meanSeen) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * For a finding about the cadence of sampled connections.
     *
     * @param rate 1 in N packets, at least 2; the highest, if there were several
     * @param meanSeen average packets of its connections, scaled as flows are
     */
    public static String cadence(int rate, double meanSeen) {
        double packets = packetsOnTheWire(meanSeen, rate);
        double seen = probabilitySeen(packets, rate);
        String many = Long.toString(Math.round(packets));
        return "sampled 1 in " + rate + ": a check-in of about " + many + (many.equals("1") ? " packet" : " packets")
                + " is seen with probability " + (seen < NEARLY_ALL ? decimals(seen) : "above 0.99")
                + (seen < NEARLY_ALL ? "; more check-ins than counted are likely, and the interval is shorter" : "");
    }

    /** Two significant digits, since the packets are an estimate. */
    private static String decimals(double probability) {
        return probability < 0.1
                ? String.format(Locale.ROOT, "%.2g", probability)
                : String.format(Locale.ROOT, "%.2f", probability);
    }

    /**
     * For a finding that counts connections, or the ends of them, in sampled flows.
     *
     * @param rate 1 in N packets, at least 2; the highest, if there were several
     * @param counted e.g. {@code connections and sources}
     */
    public static String lowerBound(int rate, String counted) {
        return "sampled 1 in " + rate + ": " + counted + " of which no packet was sampled are not counted, so their numbers"
                + " are lower bounds";
    }
}
