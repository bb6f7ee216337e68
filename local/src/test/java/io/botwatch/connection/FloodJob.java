package io.botwatch.connection;

import static io.botwatch.flow.Flows.T;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.embedded.Spool;
import io.botwatch.embedded.SpoolSink;
import io.botwatch.finding.FinalFindings;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.job.Topology;
import io.botwatch.metric.Tally;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The whole job under a flood of unique 5-tuples within a minute, all of them waiting for a watermark that trails by 90 s, as
 * it does live; and a beacon through it all. In a process of its own, so that its heap can be limited.
 *
 * <p>Arguments: number of flows, how many of a thousand go out (the others come in), a folder.
 */
public final class FloodJob {
    private static final long MINUTE = 60_000;
    private static final int CHECK_INS = 120;
    private static final int FLOOD_AT = 60;

    private FloodJob() {}

    public static void main(String[] args) throws Exception {
        long flood = Long.parseLong(args[0]);
        int outOfThousand = Integer.parseInt(args[1]);
        Path folder = Path.of(args[2]);
        StreamExecutionEnvironment env = EmbeddedCluster.environment(2, null);
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(
                env.fromSequence(0, flood + 2 * CHECK_INS - 1)
                        .setParallelism(1)
                        .uid("source")
                        .map(i -> record(i, flood, outOfThousand))
                        .returns(DecodedSerializer.TYPE)
                        .setParallelism(1)
                        .uid("records")
                        .assignTimestampsAndWatermarks(
                                WatermarkStrategy.<Decoded>forBoundedOutOfOrderness(Duration.ofSeconds(90))
                                        .withTimestampAssigner((record, before) -> record.timestampMs()))
                        .setParallelism(1)
                        .uid("watermarks"),
                RulesDocument.preset("enterprise"),
                new Topology.Settings("default", 42, 2_000));
        outputs.findings()
                .sinkTo(new SpoolSink<>(folder.resolve("findings"), FindingSerializer.INSTANCE))
                .uid("findings")
                .setParallelism(1);
        outputs.dead()
                .sinkTo(new SpoolSink<>(folder.resolve("dead"), DeadLetterSerializer.INSTANCE))
                .uid("dead-letters")
                .setParallelism(1);
        long startedNs = System.nanoTime();
        Map<String, Object> counters = EmbeddedCluster.run(env, "flood", so -> {}).getAllAccumulatorResults();
        System.out.printf("records %d%n", Tally.count(counters, Tally.DECODED));
        System.out.printf("evicted %d%n", Tally.count(counters, Tally.EVICTED_CONNECTIONS));
        System.out.printf("heap %d MB%n", Runtime.getRuntime().maxMemory() >> 20);
        System.out.printf("seconds %d%n", (System.nanoTime() - startedNs) / 1_000_000_000);
        try (FinalFindings finals = new FinalFindings()) {
            Spool.read(folder.resolve("findings"), FindingSerializer.INSTANCE, finals::add);
            finals.forEach(finding -> System.out.println("finding " + finding.type + " " + finding.message));
        }
    }

    /** The first half of the check-ins, the flood with one in its midst, the other half; each answered. */
    private static Decoded record(long i, long flood, int outOfThousand) {
        Decoded record = new Decoded();
        Flow flow = record.flow;
        long before = 2 * FLOOD_AT;
        if (i < before) {
            checkIn(flow, i);
        } else if (i < before + flood) {
            flood(flow, i - before, flood, outOfThousand);
        } else {
            checkIn(flow, i - flood);
        }
        flow.endMs = flow.startMs + 200;
        flow.protocol = 6;
        flow.mayBePiece = flow.mayBeCopy = true;
        return record.asFlow();
    }

    private static void checkIn(Flow flow, long i) {
        boolean reply = i % 2 == 1;
        long bot = Address.v4(10 << 24 | 7);
        long controller = Address.v4(203 << 24 | 113 << 8 | 9);
        int port = 40_000 + (int) (i / 2);
        flow.startMs = T + i / 2 * MINUTE + (reply ? 20 : 0);
        flow.srcLo = reply ? controller : bot;
        flow.srcPort = reply ? 8443 : port;
        flow.dstLo = reply ? bot : controller;
        flow.dstPort = reply ? port : 8443;
        flow.tcpFlags = 0x1B;
        flow.packets = 5;
        flow.bytes = 600;
    }

    private static void flood(Flow flow, long n, long flood, int outOfThousand) {
        boolean out = n % 1_000 < outOfThousand;
        flow.startMs = T + (FLOOD_AT - 1) * MINUTE + 30_000 + n * MINUTE / flood;
        long outside = Address.v4(0x50000000 + (int) n);
        flow.srcLo = out ? Address.v4(10 << 24 | 66) : outside;
        flow.dstLo = out ? outside : Address.v4(10 << 24 | 80);
        flow.srcPort = 1_024 + (int) (n % 60_000);
        flow.dstPort = out ? 8_080 : 443;
        flow.tcpFlags = 0x02;
        flow.packets = 1;
        flow.bytes = 60;
    }
}
