package io.botwatch.quality;

import io.botwatch.finding.Finding.Confidence;
import io.botwatch.flow.Trait;
import java.util.ArrayList;
import java.util.List;

/**
 * What the way of flows to the detector does to a finding: remarks for the analyst, and how far the data can be trusted. A
 * pure function of the finding's own flows, so that it is the same however they came.
 *
 * @param confidence the lowest that any remark asks for
 * @param notes at most one of a kind
 */
public record DataQuality(Confidence confidence, List<String> notes) {
    /** Below it so many connections are missed that what is seen is a hint. */
    private static final double SEEN_SELDOM = 0.3;

    private static final double SEEN_NEARLY_ALWAYS = 0.9;

    /** Cadence finer than this cannot be told from times of whole seconds, ms. */
    private static final long FINE_MS = 10_000;

    /**
     * Of a finding about the cadence of connections.
     *
     * @param traits OR of the connections', bits of {@link Trait}
     * @param samplingRate the highest of theirs, 1 in N packets; 1 when unsampled
     * @param meanPackets of the connections seen, scaled as flows are
     * @param intervalMs from one to the next on average, ms
     */
    public static DataQuality ofCadence(int traits, int samplingRate, double meanPackets, long intervalMs) {
        List<String> notes = new ArrayList<>();
        Confidence confidence = Confidence.HIGH;
        if (samplingRate > 1) {
            notes.add(SamplingNote.cadence(samplingRate, meanPackets));
            double seen = SamplingNote.probabilitySeen(
                    SamplingNote.packetsOnTheWire(meanPackets, samplingRate), samplingRate);
            confidence = lower(
                    confidence,
                    seen < SEEN_SELDOM ? Confidence.LOW : seen < SEEN_NEARLY_ALWAYS ? Confidence.MEDIUM : Confidence.HIGH);
        }
        if ((traits & Trait.EVICTED) != 0) {
            notes.add("some connections were put out early, to keep within the bounds of state: pieces of them may count again");
            confidence = lower(confidence, Confidence.LOW);
        }
        if ((traits & Trait.GUESSED_INITIATOR) != 0) {
            notes.add("who began some of the connections is a guess: neither flags nor ports nor times tell");
            confidence = lower(confidence, Confidence.MEDIUM);
        }
        if ((traits & Trait.NO_TCP_FLAGS) != 0) {
            notes.add("no TCP flags are exported: a connection that pauses for longer than the inactive timeout counts again");
            confidence = lower(confidence, Confidence.MEDIUM);
        }
        if ((traits & Trait.SUB_SECOND) == 0 && intervalMs < FINE_MS) {
            notes.add("times are whole seconds: intervals this short are known roughly");
            confidence = lower(confidence, Confidence.MEDIUM);
        }
        if ((traits & Trait.STITCHED) != 0) {
            notes.add("some connections were joined from records that an exporter cut");
        }
        if ((traits & Trait.COPIED) != 0) {
            notes.add("several exporters reported these connections; each counts once");
        }
        return new DataQuality(confidence, notes);
    }

    /**
     * Of a finding that counts connections and their ends.
     *
     * @param samplingRate the highest of theirs, 1 in N packets; 1 when unsampled
     * @param counted what was counted, e.g. {@code connections and sources}
     */
    public static DataQuality ofCounts(int samplingRate, String counted) {
        // A lower bound that crosses a threshold crosses it all the more without sampling.
        return samplingRate > 1
                ? new DataQuality(Confidence.HIGH, List.of(SamplingNote.lowerBound(samplingRate, counted)))
                : new DataQuality(Confidence.HIGH, List.of());
    }

    private static Confidence lower(Confidence one, Confidence other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
