package io.botwatch.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SkewTest {

    @Test
    void theMinimumIsExactAndTheMedianIsWithinSixPerCent() {
        for (long seed = 1; seed <= 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int count = 2 * random.nextInt(1, 500) + 1;
            long centre = random.nextLong(-100_000, 100_000);
            long[] values = new long[count];
            Skew skew = new Skew();
            for (int i = 0; i < count; i++) {
                values[i] = centre + random.nextLong(-50_000, 50_000);
                skew.add(values[i]);
            }
            Arrays.sort(values);
            long median = values[count / 2];
            assertThat(skew.count()).isEqualTo(count);
            assertThat(skew.minMs()).isEqualTo(values[0]);
            assertThat((double) skew.medianMs())
                    .as("seed %d, median of %d values", seed, count)
                    .isBetween(median - Math.abs(median) / 16.0 - 1, median + Math.abs(median) / 16.0 + 1);
        }
    }

    @Test
    void absurdDifferencesDoNotBreakIt() {
        Skew skew = new Skew();
        assertThat(skew.minMs()).isZero();
        assertThat(skew.medianMs()).isZero();
        skew.add(Long.MIN_VALUE);
        skew.add(Long.MAX_VALUE);
        skew.add(7);
        assertThat(skew.count()).isEqualTo(3);
        assertThat(skew.minMs()).isEqualTo(Long.MIN_VALUE);
        assertThat(skew.medianMs()).isEqualTo(7);
    }
}
