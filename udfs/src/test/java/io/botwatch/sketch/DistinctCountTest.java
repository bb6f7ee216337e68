package io.botwatch.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.botwatch.flow.Flows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class DistinctCountTest {
    private static final long SECRET = 0x1234_5678_9ABC_DEF0L;

    @Test
    void itIsExactUpToItsLimitHoweverOftenValuesRepeat() {
        for (long seed = 0; seed < 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            DistinctCount count = new DistinctCount();
            Set<Long> exact = new HashSet<>();
            List<Long> added = new ArrayList<>();
            while (exact.size() < DistinctCount.EXACT_LIMIT) {
                long value = added.isEmpty() || random.nextInt(3) > 0
                        ? random.nextLong()
                        : added.get(random.nextInt(added.size()));
                added.add(value);
                exact.add(value);
                count.add(DistinctCount.hash(SECRET, 0, value));
                assertThat(count.estimate()).as("seed %d", seed).isEqualTo(exact.size());
                assertThat(count.exact()).isTrue();
            }
        }
    }

    @Test
    void itIsWithinFivePercentOfAMillionNeighbouringAddresses() {
        for (long secret : new long[] {SECRET, 1, -77}) {
            DistinctCount count = new DistinctCount();
            for (int i = 1; i <= 1_000_000; i++) {
                count.add(DistinctCount.hash(secret, 0, Flows.external(i)));
                if (i == 1_000 || i == 10_000 || i == 100_000 || i == 1_000_000) {
                    assertThat((double) count.estimate()).as("secret %d", secret).isCloseTo(i, within(0.05 * i));
                    assertThat(count.exact()).isFalse();
                }
            }
        }
    }

    @Test
    void aUnionIsTheSameWhateverTheOrderAndGrouping() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int values = List.of(3, 6, 50, 51, 300, 383, 385, 500, 3_000, 20_000).get((int) (seed % 10));
            List<DistinctCount> parts = new ArrayList<>();
            DistinctCount whole = new DistinctCount();
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                parts.add(new DistinctCount());
            }
            for (int i = 0; i < values; i++) {
                long hash = DistinctCount.hash(SECRET + seed, 0, i);
                whole.add(hash);
                for (int copies = random.nextInt(1, 4); copies > 0; copies--) {
                    parts.get(random.nextInt(parts.size())).add(hash);
                }
            }
            for (int trial = 0; trial < 5; trial++) {
                assertThat(united(parts, random).estimate()).as("seed %d, %d values", seed, values).isEqualTo(whole.estimate());
            }
        }
    }

    /** Merges two at a time, at random, until one is left. */
    private static DistinctCount united(List<DistinctCount> parts, SplittableRandom random) {
        List<DistinctCount> left = new ArrayList<>(parts.stream().map(DistinctCount::copy).toList());
        while (left.size() > 1) {
            DistinctCount into = left.remove(random.nextInt(left.size()));
            into.merge(left.remove(random.nextInt(left.size())));
            left.add(into);
        }
        return left.get(0);
    }

    @Test
    void whatIsWrittenIsReadAndGoesOnCountingTheSame() throws IOException {
        for (int values : new int[] {0, 1, 4, 5, 50, 384, 385, 10_000}) {
            DistinctCount count = new DistinctCount();
            for (int i = 0; i < values; i++) {
                count.add(DistinctCount.hash(SECRET, 0, i));
            }
            DataOutputSerializer out = new DataOutputSerializer(64);
            count.write(out);
            DistinctCount read = DistinctCount.read(new DataInputDeserializer(out.getCopyOfBuffer()));
            assertThat(read.estimate()).as("%d values", values).isEqualTo(count.estimate());
            for (int i = values / 2; i < values + 400; i++) {
                count.add(DistinctCount.hash(SECRET, 0, i));
                read.add(DistinctCount.hash(SECRET, 0, i));
            }
            assertThat(read.estimate()).as("%d values and more", values).isEqualTo(count.estimate());
        }
    }

    @Test
    void aCopyDoesNotChangeWithTheOriginal() {
        for (int values : new int[] {2, 100, 5_000}) {
            DistinctCount count = new DistinctCount();
            for (int i = 0; i < values; i++) {
                count.add(DistinctCount.hash(SECRET, 0, i));
            }
            DistinctCount copy = count.copy();
            long before = copy.estimate();
            for (int i = 0; i < 2 * values; i++) {
                count.add(DistinctCount.hash(SECRET, 1, i));
            }
            assertThat(copy.estimate()).isEqualTo(before);
            assertThat(count.estimate()).isGreaterThan(before);
        }
    }

    @Test
    void aMergeLeavesTheOtherAsItWas() {
        DistinctCount small = new DistinctCount();
        small.add(1);
        DistinctCount large = new DistinctCount();
        for (int i = 0; i < 1_000; i++) {
            large.add(DistinctCount.hash(SECRET, 0, i));
        }
        long before = large.estimate();
        small.merge(large);
        small.add(DistinctCount.hash(SECRET, 9, 9));
        assertThat(large.estimate()).isEqualTo(before);
    }

    @Test
    void anotherSecretGivesOtherHashesAndANumberTellsHashesApart() {
        assertThat(DistinctCount.hash(1, 0, 5)).isNotEqualTo(DistinctCount.hash(2, 0, 5));
        Set<Long> hashes = new HashSet<>();
        for (int port = 0; port < 65_536; port++) {
            hashes.add(DistinctCount.hash(SECRET, 0, 5, port));
        }
        assertThat(hashes).hasSize(65_536);
    }
}
