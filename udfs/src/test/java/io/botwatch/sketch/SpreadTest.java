package io.botwatch.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void manyEvenSourcesAreNearOneAndOneSourceIsZero() {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Spread even = new Spread();
            for (int i = 0; i < 5_000; i++) {
                even.add(random.nextLong());
            }
            assertThat(even.evenness()).as("seed %d", seed).isBetween(0.99, 1.0);
            Spread one = new Spread();
            long source = random.nextLong();
            for (int i = 0; i < 5_000; i++) {
                one.add(source);
            }
            assertThat(one.evenness()).as("seed %d", seed).isZero();
            one.merge(even);
            assertThat(one.evenness()).as("seed %d: half of it one source's", seed).isCloseTo(0.68, within(0.02));
        }
        assertThat(new Spread().evenness()).isZero();
    }
}
