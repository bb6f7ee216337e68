package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FixedDecimalTest {
    private static void check(double value) {
        for (int digits = 0; digits <= 3; digits++) {
            assertThat(FixedDecimal.of(value, digits))
                    .as("%s with %d digits", value, digits)
                    .isEqualTo(String.format(Locale.ROOT, "%." + digits + "f", value));
        }
    }

    @Test
    void writesWhatFormatWrites() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 4_000; i++) {
            check(Math.exp(random.nextDouble(-10, 22)));
            check(random.nextInt(100_000) / 1_000.0);
            check(random.nextInt(100_000) / 2_000.0); // halves
            check(Math.nextUp(random.nextInt(10_000) / 200.0));
        }
    }

    @Test
    void writesWhatIsOutOfItsRange() {
        for (double value : new double[] {0, -0.0, -1.25, 1e9, 1e18, 0.0005, 0.05, Double.NaN, Double.POSITIVE_INFINITY}) {
            check(value);
        }
    }
}
