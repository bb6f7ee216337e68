package io.botwatch.finding;

import io.botwatch.flow.Address;
import io.botwatch.wire.RuleChange;

/** What a detector says of one story at one event time; the lifecycle turns it into findings. */
public final class Candidate implements RuleChange.Carrier {

    /** What the detector says. */
    public enum Signal {
        /** A fact complete in itself: one finding, never changed. */
        ONCE,
        /** The rule was crossed; the numbers are provisional and a {@link #SETTLED} follows. */
        EARLY,
        /** The final numbers of a window whose crossing may have been reported early. */
        SETTLED,
        /** The rule was met at this time. */
        RAISED,
        /** The rule holds from this time until an {@link #ENDED}. */
        HOLDS,
        /** The rule no longer holds. */
        ENDED
    }

    public Signal signal;

    /** Rule and group: candidates of one story have the same, and reach the lifecycle in order. */
    public String storyKey;

    /** What the story is appraised by: its external peer, or the host where there is no single one. One per story. */
    public Address peer;

    /** Quiet time after which the story closes, ms. */
    public long suppressionMs;

    /** What is known of it; for {@link Signal#ENDED} only its {@code timeMs} counts. */
    public Finding finding;

    /** What a peer that nobody else talks to adds to the score; NaN where the peer does not matter. */
    public double rarityWeight = Double.NaN;

    /** The highest severity it may come to; null where the peer does not matter. */
    public Severity ceiling;

    /** Whether something besides the flows speaks against the peer. */
    public boolean suspect;

    /** Null for all but those that are none, and carry a change of the rules. */
    private RuleChange change;

    public Candidate() {}

    public Candidate(Signal signal, String storyKey, Address peer, long suppressionMs, Finding finding) {
        this.signal = signal;
        this.storyKey = storyKey;
        this.peer = peer;
        this.suppressionMs = suppressionMs;
        this.finding = finding;
    }

    /** A candidate that is weighed by what is known of its peer and its host. */
    public Candidate weighed(double rarityWeight, Severity ceiling) {
        this.rarityWeight = rarityWeight;
        this.ceiling = ceiling;
        return this;
    }

    /** The same, of a peer that something besides the flows speaks against or not. */
    public Candidate suspect(boolean is) {
        suspect = is;
        return this;
    }

    /** In the place of a candidate. */
    static Candidate ofChange(RuleChange change) {
        Candidate carrier = new Candidate();
        carrier.storyKey = "change " + change.address();
        carrier.change = change;
        return carrier;
    }

    @Override
    public RuleChange change() {
        return change;
    }

    /**
     * The event time whose rules count for it, epoch ms: of a volumetric window its beginning, because it may be reported
     * before its end.
     */
    public long rulesAtMs() {
        return finding.type == Finding.Type.VOLUMETRIC ? finding.episodeMs : finding.timeMs;
    }

    public boolean isWeighed() {
        return ceiling != null;
    }
}
