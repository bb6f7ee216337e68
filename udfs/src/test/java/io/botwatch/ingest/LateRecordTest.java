package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.flow.Verdict;
import io.botwatch.ingest.FlowDecoder.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LateRecordTest {
    private static final long SEED = 20260301;

    @Test
    void aLateFlowIsReadBackByTheDecoderThatItsRecordTellsAsItWasDecoded() throws UndecodableException {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 5_000; i++) {
            Flow flow = Flows.random(random);
            flow.startMs = Flows.T + random.nextInt();
            flow.endMs = flow.startMs + random.nextInt(1 << 24);
            scaled(flow, random);
            byte[] record = DeadLetter.late("BEACON-SLOW", flow).payload();

            AutoDecoder decoder = new AutoDecoder(ZoneOffset.ofHours(5));
            Flow read = new Flow();
            String what = "seed " + SEED + ", flow " + i + ": " + new String(record, StandardCharsets.US_ASCII);
            assertThat(decoder.decode(record, 0, record.length, read)).as(what).isEqualTo(Outcome.FLOW);
            assertThat(decoder.format())
                    .as(what)
                    .isEqualTo(flow.biflow ? FlowFormat.ZEEK_JSON : FlowFormat.GOFLOW2_JSON);
            if (flow.biflow) {
                read.samplingRate = flow.samplingRate;
            }
            Sampling.AS_REPORTED.apply(read);
            assertThat(read).as(what).isEqualTo(asRecorded(flow));
        }
    }

    /** Counters as {@link Sampling} leaves them: multiples of the rate, small enough for the product. */
    private static void scaled(Flow flow, SplittableRandom random) {
        flow.samplingRate = random.nextBoolean() ? 1 : random.nextInt(1, 10_000);
        flow.bytes = (flow.bytes >>> 16) * flow.samplingRate;
        flow.packets = (flow.packets >>> 16) * flow.samplingRate;
        flow.reverseBytes = (flow.reverseBytes >>> 16) * flow.samplingRate;
        flow.reversePackets = (flow.reversePackets >>> 16) * flow.samplingRate;
    }

    /** The flow without what later stages put in, and without what no field of a record holds. */
    private static Flow asRecorded(Flow flow) {
        Flow recorded = new Flow();
        recorded.copyFrom(flow);
        if (!ProtocolNames.hasPorts(flow.protocol)) {
            recorded.srcPort = recorded.dstPort = 0;
        }
        recorded.tcpFlags = flow.protocol == ProtocolNames.TCP && !flow.biflow ? flow.tcpFlags & 0xFF : 0;
        if (flow.biflow) {
            recorded.exporterHi = recorded.exporterLo = 0;
            if (flow.protocol == ProtocolNames.ICMP && !io.botwatch.flow.Address.isV4(flow.srcHi, flow.srcLo)) {
                recorded.protocol = ProtocolNames.ICMP_V6;
            }
        }
        recorded.mayBePiece = recorded.mayBeCopy = false;
        recorded.traits = 0;
        recorded.exportedMs = flow.biflow ? 0 : flow.exportedMs;
        recorded.verdict = Verdict.UNKNOWN;
        recorded.direction = Direction.UNKNOWN;
        recorded.routes = 0;
        return recorded;
    }
}
