package io.botwatch.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingNoteTest {
    private static final long SEED = 11;

    @ParameterizedTest
    @CsvSource({"1,2", "10,100", "3,1000", "40,10", "500,1000"})
    void theProbabilityIsTheShareOfConnectionsThatSamplingLeavesVisible(int packets, int rate) {
        SplittableRandom random = new SplittableRandom(SEED);
        int trials = 200_000;
        int seen = 0;
        long scaled = 0;
        for (int i = 0; i < trials; i++) {
            int sampled = 0;
            for (int p = 0; p < packets; p++) {
                sampled += random.nextInt(rate) == 0 ? 1 : 0;
            }
            seen += sampled > 0 ? 1 : 0;
            scaled += (long) sampled * rate;
        }
        double share = (double) seen / trials;
        double probability = SamplingNote.probabilitySeen(packets, rate);
        double fourDeviations = 4 * Math.sqrt(probability * (1 - probability) / trials);
        assertThat(share).as("seed %d", SEED).isCloseTo(probability, within(fourDeviations));
        // Where few are seen twice, what tells the size are those: their number deviates by its root.
        double fiveDeviations = 5 * Math.sqrt(2.0 * rate * packets / seen);
        assertThat(SamplingNote.packetsOnTheWire((double) scaled / seen, rate))
                .as("seed %d", SEED)
                .isCloseTo(packets, within(fiveDeviations + 0.02 * packets));
    }

    @Test
    void packetsOnTheWireUndoTheMeanOfWhatIsSeen() {
        for (int rate : new int[] {2, 10, 100, 1_000, 65_536, 1_000_000}) {
            for (double packets : new double[] {1, 2, 10, 100, 1e4, 1e7}) {
                double meanSeen = packets / SamplingNote.probabilitySeen(packets, rate);
                assertThat(SamplingNote.packetsOnTheWire(meanSeen, rate))
                        .as("1 in %d, %s packets", rate, packets)
                        .isCloseTo(packets, within(packets * 1e-3));
            }
        }
        assertThat(SamplingNote.packetsOnTheWire(12, 1)).isEqualTo(12);
        assertThat(SamplingNote.packetsOnTheWire(0, 100)).isEqualTo(1);
        assertThat(SamplingNote.packetsOnTheWire(Double.MAX_VALUE, 100)).isFinite();
    }

    @Test
    void theProbabilityKeepsItsDigitsAtHighRatesAndItsBoundsEverywhere() {
        assertThat(SamplingNote.probabilitySeen(1, 1_000_000)).isCloseTo(1e-6, within(1e-18));
        assertThat(SamplingNote.probabilitySeen(0, 100)).isZero();
        assertThat(SamplingNote.probabilitySeen(5, 1)).isEqualTo(1);
        assertThat(SamplingNote.probabilitySeen(1e300, 2)).isEqualTo(1);
    }

    @Test
    void theNoteSaysWhatABeaconOfTenPacketsLosesAtOneInAHundred() {
        // Those seen have 10 / 0.0956 = 104.6 scaled packets on average.
        assertThat(SamplingNote.cadence(100, 104.58)).isEqualTo(
                "sampled 1 in 100: a check-in of about 10 packets is seen with probability 0.096; more check-ins than counted"
                        + " are likely, and the interval is shorter");
        assertThat(SamplingNote.cadence(10, 10)).isEqualTo(
                "sampled 1 in 10: a check-in of about 1 packet is seen with probability 0.10; more check-ins than counted"
                        + " are likely, and the interval is shorter");
        assertThat(SamplingNote.cadence(10, 500))
                .isEqualTo("sampled 1 in 10: a check-in of about 500 packets is seen with probability above 0.99");
    }

    @Test
    void theNoteOfACountSaysThatItIsALowerBound() {
        assertThat(SamplingNote.lowerBound(1_000, "connections and sources")).isEqualTo(
                "sampled 1 in 1000: connections and sources of which no packet was sampled are not counted, so their numbers"
                        + " are lower bounds");
    }
}
