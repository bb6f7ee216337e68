package io.botwatch.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CurveTest {

    @Test
    void theAreaIsTheShareOfPairsInOrderTiesByHalf() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] positives = random.ints(random.nextInt(1, 60), 0, 20).asDoubleStream().toArray();
            double[] negatives = random.ints(random.nextInt(1, 60), 0, 15).asDoubleStream().toArray();
            double inOrder = 0;
            for (double positive : positives) {
                for (double negative : negatives) {
                    inOrder += positive > negative ? 1 : positive == negative ? 0.5 : 0;
                }
            }
            assertThat(new Curve(positives, negatives).area())
                    .as("seed %d", seed)
                    .isCloseTo(inOrder / positives.length / negatives.length, within(1e-12));
        }
    }

    @Test
    void aboveTheThresholdLieNoMoreNegativesThanAllowed() {
        for (long seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            double[] negatives = random.doubles(1_000).map(x -> Math.round(x * 100)).toArray();
            double[] positives = random.doubles(100, 0, 200).toArray();
            Curve curve = new Curve(positives, negatives);
            double threshold = curve.threshold(0.05);
            assertThat(Arrays.stream(negatives).filter(x -> x > threshold).count()).as("seed %d", seed).isLessThanOrEqualTo(50);
            assertThat(curve.recall(threshold))
                    .as("seed %d", seed)
                    .isCloseTo(Arrays.stream(positives).filter(x -> x > threshold).count() / 100.0, within(1e-12));
        }
    }
}
