package io.botwatch.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Finding.Confidence;
import io.botwatch.flow.Trait;
import org.junit.jupiter.api.Test;

class DataQualityTest {
    private static final long MINUTE = 60_000;

    @Test
    void whatIsMeasuredWellIsTrustedAndLeavesNoRemark() {
        DataQuality quality = DataQuality.ofCadence(Trait.SUB_SECOND, 1, 10, 5_000);
        assertThat(quality.confidence()).isEqualTo(Confidence.HIGH);
        assertThat(quality.notes()).isEmpty();
    }

    @Test
    void joiningAndLeavingOutCopiesIsSaidAndCostsNoTrust() {
        DataQuality quality = DataQuality.ofCadence(Trait.SUB_SECOND | Trait.STITCHED | Trait.COPIED, 1, 10, MINUTE);
        assertThat(quality.confidence()).isEqualTo(Confidence.HIGH);
        assertThat(quality.notes()).hasSize(2);
    }

    @Test
    void theWorstRemarkDecidesTheConfidence() {
        int guessed = Trait.SUB_SECOND | Trait.GUESSED_INITIATOR;
        assertThat(DataQuality.ofCadence(guessed, 1, 10, MINUTE).confidence()).isEqualTo(Confidence.MEDIUM);
        assertThat(DataQuality.ofCadence(guessed | Trait.EVICTED, 1, 10, MINUTE).confidence()).isEqualTo(Confidence.LOW);
    }

    @Test
    void ofSampledConnectionsTheShareThatIsSeenDecides() {
        // Ten packets at 1 in 100: those seen have about 105 after scaling.
        DataQuality few = DataQuality.ofCadence(Trait.SUB_SECOND, 100, 105, MINUTE);
        assertThat(few.confidence()).isEqualTo(Confidence.LOW);
        assertThat(few.notes()).singleElement().asString().startsWith("sampled 1 in 100: a check-in of about 11 packets");
        assertThat(DataQuality.ofCadence(Trait.SUB_SECOND, 10, 16, MINUTE).confidence()).isEqualTo(Confidence.MEDIUM);
        assertThat(DataQuality.ofCadence(Trait.SUB_SECOND, 10, 1_000, MINUTE).confidence()).isEqualTo(Confidence.HIGH);
    }

    @Test
    void wholeSecondsMatterForShortIntervalsOnly() {
        assertThat(DataQuality.ofCadence(0, 1, 10, 2_000).notes()).hasSize(1);
        assertThat(DataQuality.ofCadence(0, 1, 10, MINUTE).notes()).isEmpty();
    }

    @Test
    void countsOfSampledFlowsAreLowerBounds() {
        assertThat(DataQuality.ofCounts(1, "connections").notes()).isEmpty();
        assertThat(DataQuality.ofCounts(1_000, "connections").notes()).singleElement().asString().contains("lower bounds");
    }
}
