package io.botwatch.connection;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ConnectionOperatorTest {
    private static final int GROUPS = 720;
    private static final ConnectionKeySelector KEY = ConnectionKeySelector.byConnection();

    private static KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Flow> harness(
            boolean asRecorded, int parallelism, int index) throws Exception {
        KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Flow> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new ConnectionOperator(ConnectionSettings.DEFAULT, KEY, asRecorded),
                        KEY,
                        ConnectionKey.Serializer.TYPE,
                        GROUPS,
                        parallelism,
                        index);
        harness.setup(FlowSerializer.INSTANCE);
        return harness;
    }

    private static Flow copy(Flow flow) {
        Flow copy = new Flow();
        copy.copyFrom(flow);
        return copy;
    }

    private static List<Flow> traffic(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Talk talk = Talk.session(
                    internal(random.nextInt(50)),
                    40_000 + i,
                    external(random.nextInt(50)),
                    random.nextBoolean() ? 443 : 4_444,
                    T + random.nextLong(600_000),
                    random.nextLong(100, 300_000),
                    5_000);
            records.addAll(talk.records(Exporter.usual(1)));
            records.addAll(talk.records(Exporter.usual(2).skewed(1_000)));
        }
        records.sort(Comparator.comparingLong(flow -> flow.startMs));
        return records;
    }

    @Test
    void thatTheSourceIsIdleIsNotPassedOn() throws Exception {
        try (var harness = harness(false, 1, 0)) {
            harness.open();
            harness.processWatermarkStatus(WatermarkStatus.IDLE);
            assertThat(harness.getOutput()).isEmpty();
        }
    }

    @Test
    void whatItPutsOutIsTheSameAcrossARestartWithAnotherParallelism() throws Exception {
        List<Flow> records = traffic(5);
        List<String> undisturbed = new ArrayList<>();
        try (var harness = harness(false, 1, 0)) {
            harness.open();
            run(harness, records, undisturbed);
            harness.processWatermark(Watermark.MAX_WATERMARK);
            take(harness, undisturbed);
        }
        for (int[] step : new int[][] {{1, 2}, {2, 3}, {3, 1}}) {
            List<String> out = new ArrayList<>();
            int half = records.size() / 2;
            List<OperatorSubtaskState> states = new ArrayList<>();
            for (int i = 0; i < step[0]; i++) {
                try (var harness = harness(false, step[0], i)) {
                    harness.open();
                    run(harness, mine(records.subList(0, half), step[0], i), out);
                    states.add(harness.snapshot(1, 1));
                }
            }
            OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(states.toArray(new OperatorSubtaskState[0]));
            for (int i = 0; i < step[1]; i++) {
                try (var harness = harness(false, step[1], i)) {
                    harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            all, GROUPS, step[0], step[1], i));
                    harness.open();
                    run(harness, mine(records.subList(half, records.size()), step[1], i), out);
                    harness.processWatermark(Watermark.MAX_WATERMARK);
                    take(harness, out);
                }
            }
            assertThat(out.stream().sorted().toList())
                    .as("%d to %d", step[0], step[1])
                    .isEqualTo(undisturbed.stream().sorted().toList());
        }
        assertThat(undisturbed).hasSize(800).anyMatch(line -> line.startsWith("total"));
    }

    private static List<Flow> mine(List<Flow> records, int parallelism, int index) throws Exception {
        List<Flow> mine = new ArrayList<>();
        for (Flow flow : records) {
            if (KeyGroupRangeAssignment.assignKeyToParallelOperator(KEY.getKey(flow), GROUPS, parallelism) == index) {
                mine.add(flow);
            }
        }
        return mine;
    }

    private static void run(
            KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Flow> harness, List<Flow> records, List<String> out)
            throws Exception {
        int n = 0;
        for (Flow record : records) {
            harness.processElement(copy(record), record.startMs);
            if (++n % 37 == 0) {
                harness.processWatermark(record.startMs - 1);
            }
        }
        take(harness, out);
    }

    private static void take(KeyedOneInputStreamOperatorTestHarness<ConnectionKey, Flow, Flow> harness, List<String> out) {
        harness.extractOutputValues().forEach(flow -> out.add("opened " + flow));
        harness.getOutput().clear();
        var totals = harness.getSideOutput(ConnectionOperator.TOTALS);
        if (totals != null) {
            totals.forEach(record -> out.add("total " + record.getValue()));
            totals.clear();
        }
    }

    @Test
    void nothingComesOutBehindTheWatermarkThatItHandsOn() throws Exception {
        try (var harness = harness(false, 1, 0)) {
            harness.open();
            int n = 0;
            for (Flow record : traffic(6)) {
                harness.processElement(copy(record), record.startMs);
                if (++n % 10 == 0) {
                    harness.processWatermark(record.startMs - 1);
                }
            }
            harness.processWatermark(Watermark.MAX_WATERMARK);
            long handedOn = Long.MIN_VALUE;
            int connections = 0;
            for (Object element : harness.getOutput()) {
                if (element instanceof Watermark mark) {
                    assertThat(mark.getTimestamp()).isGreaterThan(handedOn);
                    handedOn = mark.getTimestamp();
                } else if (element instanceof StreamRecord<?> record) {
                    assertThat(record.getTimestamp()).isGreaterThan(handedOn).isEqualTo(((Flow) record.getValue()).startMs);
                    connections++;
                }
            }
            assertThat(connections).isEqualTo(400);
            assertThat(handedOn).isEqualTo(Long.MAX_VALUE);
            assertThat(Counted.by(harness, Tally.CONNECTIONS)).isEqualTo(400);
            assertThat(Counted.by(harness, Tally.COPIES)).isPositive();
            assertThat(Counted.by(harness, Tally.REPLIES)).isEqualTo(400);
        }
    }

    @Test
    void aConnectionBegunByTheOtherEndHasTheOtherDirection() throws Exception {
        try (var harness = harness(false, 1, 0)) {
            harness.open();
            for (Flow record : Talk.session(external(1), 50_000, internal(1), 443, T, 5_000, 1_000).records(Exporter.usual(1))) {
                record.direction = record.srcLo == internal(1) ? Direction.OUTBOUND : Direction.INBOUND;
                harness.processElement(record, record.startMs);
            }
            harness.processWatermark(Watermark.MAX_WATERMARK);
            assertThat(harness.extractOutputValues()).hasSize(1).allSatisfy(flow -> {
                assertThat(flow.direction).isEqualTo(Direction.INBOUND);
                assertThat(flow.srcLo).isEqualTo(external(1));
            });
        }
    }

    @Test
    void recordsThatAreConnectionsPassThroughAtOnce() throws Exception {
        for (boolean asRecorded : new boolean[] {false, true}) {
            try (var harness = harness(asRecorded, 1, 0)) {
                harness.open();
                for (Flow record : traffic(7)) {
                    record.mayBePiece = record.mayBeCopy = asRecorded;
                    harness.processElement(record, record.startMs);
                    assertThat(harness.extractOutputValues()).endsWith(record);
                }
                harness.processWatermark(T + 1);
                assertThat(harness.getSideOutput(ConnectionOperator.TOTALS)).hasSameSizeAs(harness.extractOutputValues());
            }
        }
    }
}
