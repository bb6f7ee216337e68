package io.botwatch.quality;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.Talk;
import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordQualityTest {

    private static RecordQuality of(List<Flow> arrived) {
        RecordQuality quality = new RecordQuality();
        long latestMs = Long.MIN_VALUE;
        for (Flow flow : arrived) {
            quality.add(flow, latestMs);
            latestMs = Math.max(latestMs, flow.startMs);
        }
        return quality;
    }

    private static Flow at(long startMs, long endMs) {
        Flow flow = Flows.outbound(1, 1, 443, startMs);
        flow.endMs = endMs;
        return flow;
    }

    @Test
    void sessionsThatAnExporterCutsShowItsActiveTimeout() {
        for (long activeMs : new long[] {60_000, 120_000, 300_000}) {
            List<Flow> records = new ArrayList<>();
            Exporter exporter = new Exporter(1, 0, activeMs, 15_000, true, true);
            SplittableRandom random = new SplittableRandom(activeMs);
            for (int i = 0; i < 300; i++) {
                long forMs = (long) (2_000 / random.nextDouble(0.001, 1));
                records.addAll(Talk.session(internal(i), 50_000, external(i), 443, T + i * 7_001L, forMs, 1_000).records(exporter));
            }
            RecordQuality quality = of(Talk.asExported(records, 5_000, random));

            assertThat(quality.records()).isEqualTo(records.size());
            assertThat((double) quality.activeTimeoutMs()).isBetween(0.93 * activeMs, 1.07 * activeMs);
            assertThat(quality.durationsMs().max()).isLessThan(activeMs);
            // A record starts at most an active timeout and a delay before what arrives.
            assertThat(quality.latenessMs().max()).isBetween(activeMs / 2, activeMs + 5_000);
            assertThat(quality.withoutFlags()).isZero();
            assertThat(quality.grainMs()).isEqualTo(1);
        }
    }

    @Test
    void anExporterWithoutTcpFlagsIsSeen() {
        List<Flow> records = Talk.session(internal(1), 50_000, external(1), 443, T, 600_000, 1_000)
                .records(Exporter.usual(1).withoutFlags());
        records.addAll(Talk.question(internal(1), 50_000, external(1), 53, T).records(Exporter.usual(1)));
        RecordQuality quality = of(records);
        assertThat(quality.tcp()).isEqualTo(records.size() - 2);
        assertThat(quality.withoutFlags()).isEqualTo(records.size() - 2);
    }

    @Test
    void startsInBinsShowTheBin() {
        for (int binMs : new int[] {300_000, 60_000, 1_000}) {
            List<Flow> records = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                records.add(at(T + (long) i * binMs, T + (long) i * binMs + 17));
            }
            RecordQuality quality = of(records);
            assertThat(quality.grainMs()).isEqualTo(binMs);
            assertThat(quality.startsAtSecond()).isEqualTo(1_000);
            assertThat(quality.endsAtSecond()).isZero();
            assertThat(quality.zeroDuration()).isZero();
        }
        SplittableRandom random = new SplittableRandom(1);
        List<Flow> fine = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            long startMs = T + random.nextLong(86_400_000);
            fine.add(at(startMs, startMs));
        }
        assertThat(of(fine).grainMs()).isEqualTo(1);
        assertThat(of(fine).zeroDuration()).isEqualTo(1_000);
    }

    @Test
    void lateFutureSampledAndSkewedRecordsAreCounted() {
        Flow first = at(T + 100_000, T + 101_000);
        first.exportedMs = T + 106_000;
        Flow late = at(T + 40_000, T + 99_000);
        late.exportedMs = T + 104_000;
        late.samplingRate = 10;
        Flow future = at(T + 200_500, T + 200_500);
        future.exportedMs = T + 110_000;
        future.samplingRate = 1_000;
        future.biflow = true;

        RecordQuality quality = of(List.of(first, late, future));

        assertThat(quality.latenessMs().max()).isEqualTo(60_000);
        assertThat(quality.latenessMs().quantile(0.5)).isZero();
        assertThat(quality.future()).isEqualTo(1);
        assertThat(quality.exportTimed()).isEqualTo(3);
        assertThat(quality.skew().minMs()).isEqualTo(-90_500);
        assertThat(quality.skew().medianMs()).isBetween(5_000L, 5_320L);
        assertThat(quality.sampled()).isEqualTo(2);
        assertThat(quality.minRate()).isEqualTo(10);
        assertThat(quality.maxRate()).isEqualTo(1_000);
        assertThat(quality.bothDirections()).isEqualTo(1);
        assertThat(quality.firstMs()).isEqualTo(T + 40_000);
        assertThat(quality.lastMs()).isEqualTo(T + 200_500);
        assertThat(of(List.of(first)).minRate()).isEqualTo(1);
    }

    @Test
    void absurdRecordsBreakNothing() {
        SplittableRandom random = new SplittableRandom(7);
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            Flow flow = Flows.random(random);
            if (i % 10 == 0) {
                flow.startMs = random.nextLong();
                flow.endMs = random.nextLong();
                flow.exportedMs = random.nextLong();
            }
            records.add(flow);
        }
        RecordQuality quality = of(records);
        assertThat(quality.records()).isEqualTo(100_000);
        assertThat(quality.latenessMs().count()).isEqualTo(100_000);
        assertThat(quality.durationsMs().count()).isEqualTo(100_000);
        assertThat(quality.latenessMs().quantile(0.99)).isBetween(0L, quality.latenessMs().max());
        assertThat(quality.activeTimeoutMs()).isNotNegative();
        assertThat(quality.grainMs()).isEqualTo(1);
    }
}
