package io.botwatch.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.FormatDetector;
import io.botwatch.ingest.RecordReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written of a flow is what is read of it, in every format that is written. */
class RoundTripTest {
    private static final long SEED = 20_261_124;
    private static final int FLOWS = 20_000;
    private static final int TCP = 6;

    private static FlowWriter writer(FlowFormat format) {
        return switch (format) {
            case GOFLOW2_JSON -> new Goflow2JsonWriter();
            case GOFLOW2_PROTOBUF -> new Goflow2ProtobufWriter();
            case BINETFLOW -> new BinetflowWriter();
            default -> throw new IllegalArgumentException(format.label());
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"GOFLOW2_JSON", "GOFLOW2_PROTOBUF"})
    void goflow2KeepsEveryFieldOfOneDirection(FlowFormat format) throws Exception {
        List<Flow> flows = randomFlows(false);
        List<Flow> read = throughFile(flows, format);
        assertThat(read).hasSameSizeAs(flows);
        for (int i = 0; i < FLOWS; i++) {
            assertThat(read.get(i)).as("seed %d, flow %d", SEED, i).isEqualTo(flows.get(i));
        }
    }

    @Test
    void binetflowKeepsBothDirectionsButNotWhoExportedNorHowManyPacketsWentEachWay() throws Exception {
        List<Flow> flows = randomFlows(true);
        List<Flow> read = throughFile(flows, FlowFormat.BINETFLOW);
        assertThat(read).hasSameSizeAs(flows);
        for (int i = 0; i < FLOWS; i++) {
            Flow expected = flows.get(i);
            Flow actual = read.get(i);
            assertThat(actual.packets + actual.reversePackets)
                    .as("packets; seed %d, flow %d", SEED, i)
                    .isEqualTo(expected.packets + expected.reversePackets);
            actual.packets = expected.packets;
            actual.reversePackets = expected.reversePackets;
            expected.exporterHi = expected.exporterLo = 0;
            expected.samplingRate = 1;
            expected.exportedMs = 0;
            expected.biflow = true; // Argus listens to both
            assertThat(actual).as("seed %d, flow %d", SEED, i).isEqualTo(expected);
        }
    }

    private static List<Flow> throughFile(List<Flow> flows, FlowFormat format) throws Exception {
        FlowWriter writer = writer(format);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        LineBuffer record = new LineBuffer();
        writer.header(record);
        if (record.length() > 0) {
            writer.end(record);
            record.writeTo(file);
        }
        for (Flow flow : flows) {
            record.clear();
            writer.write(flow, flow.exportedMs, record);
            writer.end(record);
            record.writeTo(file);
        }
        assertThat(FormatDetector.detect(file.toByteArray(), 1 << 16).format()).isEqualTo(format);

        List<Flow> read = new ArrayList<>();
        FlowDecoder decoder = format.newDecoder(ZoneOffset.UTC);
        try (RecordReader records = new RecordReader(new ByteArrayInputStream(file.toByteArray()), format)) {
            while (records.next()) {
                Flow flow = new Flow();
                if (decoder.decode(records.bytes(), records.from(), records.to(), flow) == FlowDecoder.Outcome.FLOW) {
                    read.add(flow);
                }
            }
        }
        return read;
    }

    private static List<Flow> randomFlows(boolean biflows) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Flow> flows = new ArrayList<>();
        for (int i = 0; i < FLOWS; i++) {
            flows.add(random(random, biflows));
        }
        return flows;
    }

    private static Flow random(SplittableRandom random, boolean biflow) {
        Flow flow = new Flow();
        flow.startMs = random.nextLong(1_000_000_000_000L, 4_000_000_000_000L);
        flow.endMs = flow.startMs + random.nextLong(1L << random.nextInt(1, 32));
        flow.exportedMs = flow.endMs + random.nextLong(1L << random.nextInt(1, 20));
        boolean v6 = random.nextBoolean();
        flow.srcHi = v6 ? random.nextLong() : 0;
        flow.srcLo = v6 ? random.nextLong() : Address.v4(random.nextInt());
        flow.dstHi = v6 ? random.nextLong() : 0;
        flow.dstLo = v6 ? random.nextLong() : Address.v4(random.nextInt());
        flow.exporterLo = random.nextInt(10) == 0 ? 0 : Address.v4(random.nextInt());
        int[] known = {1, TCP, TCP, TCP, 17, 17, 58, 132, 2, 47, 50, 89};
        flow.protocol = known[random.nextInt(known.length)];
        if (flow.protocol == TCP || flow.protocol == 17 || flow.protocol == 132) {
            flow.srcPort = random.nextInt(65_536);
            flow.dstPort = random.nextInt(65_536);
        }
        flow.tcpFlags = flow.protocol == TCP ? random.nextInt(256) : 0;
        flow.bytes = random.nextLong(1L << random.nextInt(1, 60));
        flow.packets = random.nextLong(1L << random.nextInt(1, 60));
        if (biflow) {
            flow.reversePackets = random.nextInt(3) == 0 ? 0 : random.nextLong(1, 1L << random.nextInt(1, 60));
            flow.reverseBytes = flow.reversePackets == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 60));
            flow.biflow = flow.reversePackets > 0;
        }
        flow.samplingRate = random.nextBoolean() ? 1 : random.nextInt(1, Integer.MAX_VALUE);
        return flow;
    }
}
