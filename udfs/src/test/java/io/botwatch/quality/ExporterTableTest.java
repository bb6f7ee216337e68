package io.botwatch.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExporterTableTest {

    @Test
    void aMillionExportersHaveTheFirst256AndOneForAllOthers() {
        int[] made = {0};
        ExporterTable<int[]> table = new ExporterTable<>(name -> {
            made[0]++;
            return new int[1];
        });
        for (int i = 0; i < 1_000_000; i++) {
            table.of(0, Address.v4(i + 1))[0]++;
        }
        Map<String, Integer> counts = new HashMap<>();
        table.forEach((name, count) -> counts.put(name, count[0]));
        assertThat(made[0]).isEqualTo(257);
        assertThat(table.size()).isEqualTo(256);
        assertThat(counts).hasSize(257)
                .containsEntry("0.0.0.1", 1)
                .containsEntry("0.0.1.0", 1)
                .containsEntry(ExporterTable.OTHER, 1_000_000 - 256);
    }

    @Test
    void eachExporterIsFoundAgainInWhateverOrder() {
        for (long seed = 1; seed <= 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ExporterTable<int[]> table = new ExporterTable<>(name -> new int[1]);
            Map<String, Integer> expected = new HashMap<>();
            long[] his = new long[ExporterTable.MOST];
            long[] los = new long[ExporterTable.MOST];
            for (int i = 0; i < his.length; i++) {
                his[i] = random.nextInt(3);
                los[i] = random.nextInt(4) == 0 ? random.nextInt(50) : random.nextLong();
            }
            for (int i = 0; i < 10_000; i++) {
                int n = random.nextInt(his.length);
                table.of(his[n], los[n])[0]++;
                boolean unnamed = his[n] == 0 && los[n] == 0;
                expected.merge(unnamed ? ExporterTable.UNNAMED : Address.format(his[n], los[n]), 1, Integer::sum);
            }
            Map<String, Integer> counts = new HashMap<>();
            table.forEach((name, count) -> counts.put(name, count[0]));
            assertThat(counts.equals(expected)).as("seed %d: counts by exporter", seed).isTrue();
        }
    }

    @Test
    void recordsThatNameNoExporterHaveOneOfTheirOwn() {
        ExporterTable<String> table = new ExporterTable<>(name -> name);
        assertThat(table.of(0, 0)).isEqualTo("unknown");
        assertThat(table.of(0, Address.v4(0))).isEqualTo("0.0.0.0");
        assertThat(table.of(0x20010DB8L << 32, 1)).isEqualTo("2001:db8::1");
    }
}
