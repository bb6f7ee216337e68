package io.botwatch.sketch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class HashedSampleTest {
    private static final int MOST = 10;

    @Test
    void keepsThoseWithTheSmallestHashesInWhateverOrderAndPartsTheyCome() throws IOException {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Long> numbers = new ArrayList<>();
            int distinct = random.nextInt(1, 40);
            for (int i = 0; i < random.nextInt(1, 100); i++) {
                numbers.add(random.nextLong(distinct));
            }
            List<Long> expected = numbers.stream()
                    .distinct()
                    .sorted((a, b) -> Long.compareUnsigned(hash(a), hash(b)))
                    .limit(MOST)
                    .toList();
            List<HashedSample> parts = List.of(new HashedSample(MOST), new HashedSample(MOST), new HashedSample(MOST));
            numbers.forEach(number -> parts.get(random.nextInt(3)).add(hash(number), number));
            HashedSample first = parts.get(0);
            HashedSample before = first.copy();
            List<Long> heldBefore = numbers(before);
            first.merge(parts.get(1));
            first.merge(again(parts.get(2)));
            assertThat(numbers(first)).as("seed %d", seed).isEqualTo(expected);
            assertThat(numbers(before)).as("seed %d: a copy", seed).isEqualTo(heldBefore);
            assertThat(numbers(again(first))).as("seed %d: written and read", seed).isEqualTo(expected);
        }
    }

    @Test
    void addressesKeepBothHalves() {
        HashedSample sample = new HashedSample(2);
        sample.add(7, 1, 2);
        sample.add(-1, 3, 4);
        sample.add(5, 5, 6);
        assertThat(sample.size()).isEqualTo(2);
        assertThat(List.of(sample.address(0), sample.address(1)))
                .extracting(address -> address.hi + " " + address.lo)
                .containsExactly("5 6", "1 2");
    }

    private static long hash(long number) {
        return new SplittableRandom(number).nextLong();
    }

    private static List<Long> numbers(HashedSample sample) {
        return IntStream.range(0, sample.size()).mapToObj(sample::number).toList();
    }

    private static HashedSample again(HashedSample sample) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        sample.write(out);
        return HashedSample.read(MOST, new DataInputDeserializer(out.getCopyOfBuffer()));
    }
}
