package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class SamplingTest {
    private static final long SEED = 7;
    private static final Address ROUTER = Address.parse("192.0.2.1");
    private static final Address SWITCH = Address.parse("2001:db8::1");

    @Test
    void theRateThatARecordReportsScalesItsCounters() {
        Flow flow = sampled(ROUTER, 100);
        flow.biflow = true;
        flow.reverseBytes = 30;
        flow.reversePackets = 3;
        Sampling.AS_REPORTED.apply(flow);
        assertThat(flow.bytes).isEqualTo(4_000);
        assertThat(flow.packets).isEqualTo(100);
        assertThat(flow.reverseBytes).isEqualTo(3_000);
        assertThat(flow.reversePackets).isEqualTo(300);
        assertThat(flow.samplingRate).isEqualTo(100);
    }

    @Test
    void aRecordThatReportsNoRateIsUntouchedUnlessOneIsConfigured() {
        Flow flow = sampled(ROUTER, 1);
        Flow before = new Flow();
        before.copyFrom(flow);
        Sampling.AS_REPORTED.apply(flow);
        assertThat(flow).isEqualTo(before);
    }

    @Test
    void theOverrideComesBeforeTheRecordAndTheRecordBeforeTheExporterAndTheExporterBeforeTheDefault() throws Exception {
        Sampling sampling = InstantiationUtil.clone(
                new Sampling(10, Map.of(ROUTER, 20, SWITCH, 1), Map.of(Address.parse("192.0.2.3"), 30, Address.parse("192.0.2.4"), 1)));
        assertThat(rate(sampling, ROUTER, 1)).as("its exporter's").isEqualTo(20);
        assertThat(rate(sampling, ROUTER, 500)).as("the record's").isEqualTo(500);
        assertThat(rate(sampling, SWITCH, 1)).as("its exporter's: not sampled").isEqualTo(1);
        assertThat(rate(sampling, Address.parse("192.0.2.2"), 1)).as("by default").isEqualTo(10);
        assertThat(rate(sampling, new Address(0, 0), 1)).as("by default, of no known exporter").isEqualTo(10);
        assertThat(rate(sampling, Address.parse("192.0.2.3"), 500)).as("overridden").isEqualTo(30);
        assertThat(rate(sampling, Address.parse("192.0.2.4"), 500)).as("overridden: its collector has scaled").isEqualTo(1);
    }

    @Test
    void everyExporterIsFoundAmongMany() {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<Address, Integer> rates = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            Address address = random.nextBoolean()
                    ? new Address(0, Address.v4(random.nextInt()))
                    : new Address(random.nextLong(), random.nextLong());
            rates.put(address, random.nextInt(2, Sampling.MAX_RATE));
        }
        Sampling sampling = new Sampling(1, rates, Map.of());
        rates.forEach((exporter, rate) -> assertThat(rate(sampling, exporter, 1)).as("seed %d", SEED).isEqualTo(rate));
        assertThat(rate(sampling, new Address(-1, -1), 1)).isEqualTo(1);
    }

    @Test
    void aProductThatALongCannotHoldIsTheLargestLong() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 10_000; i++) {
            Flow flow = Flows.random(random);
            BigInteger exact = BigInteger.valueOf(flow.bytes).multiply(BigInteger.valueOf(flow.samplingRate));
            Sampling.AS_REPORTED.apply(flow);
            assertThat(BigInteger.valueOf(flow.bytes))
                    .as("seed %d, flow %d", SEED, i)
                    .isEqualTo(exact.min(BigInteger.valueOf(Long.MAX_VALUE)));
        }
    }

    @Test
    void aRateOutOfRangeIsRefused() {
        assertThatThrownBy(() -> new Sampling(0, Map.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sampling rate 0 is not 1 to 1000000");
        assertThatThrownBy(() -> new Sampling(1, Map.of(ROUTER, 1_000_001), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static int rate(Sampling sampling, Address exporter, int reported) {
        Flow flow = sampled(exporter, reported);
        sampling.apply(flow);
        assertThat(flow.bytes).isEqualTo(40L * flow.samplingRate);
        return flow.samplingRate;
    }

    private static Flow sampled(Address exporter, int reported) {
        Flow flow = Flows.outbound(1, 1, 4444, Flows.T);
        flow.exporterHi = exporter.hi;
        flow.exporterLo = exporter.lo;
        flow.samplingRate = reported;
        return flow;
    }
}
