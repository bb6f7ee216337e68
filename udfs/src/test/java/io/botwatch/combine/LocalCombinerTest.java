package io.botwatch.combine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class LocalCombinerTest {
    private static final long BUCKET = 1_000;
    private static final long FLUSH = 2_000;

    /** A record: key and time. Negative keys are for nobody. */
    private record Event(int key, long ms) {}

    /** A sum with the identity of its key and bucket. */
    private static final class Sum {
        final int key;
        final long bucket;
        int count;

        Sum(int key, long bucket) {
            this.key = key;
            this.bucket = bucket;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Sum that && key == that.key && bucket == that.bucket;
        }

        @Override
        public int hashCode() {
            return Objects.hash(key, bucket);
        }

        @Override
        public String toString() {
            return key + "@" + bucket + ":" + count;
        }
    }

    private static final class Counting implements Combining<Event, Sum> {
        private final boolean urgent;

        Counting(boolean urgent) {
            this.urgent = urgent;
        }

        @Override
        public boolean isUrgent() {
            return urgent;
        }

        @Override
        public boolean wants(Event event) {
            return event.key >= 0;
        }

        @Override
        public Sum probe(Event event) {
            return new Sum(event.key, Math.floorDiv(event.ms, BUCKET));
        }

        @Override
        public Sum start(Sum probe) {
            return new Sum(probe.key, probe.bucket);
        }

        @Override
        public void add(Sum sum, Event event) {
            sum.count++;
        }

        @Override
        public long bucketEndMs(Sum sum) {
            return (sum.bucket + 1) * BUCKET;
        }

        @Override
        public int size(Sum sum) {
            return sum.count;
        }
    }

    @Test
    void partialsSumToTheInputAndNoneLeavesBehindItsWatermark() throws Exception {
        for (long seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Map<Sum, Integer> expected = new HashMap<>();
            Map<Sum, Integer> lateHere = new HashMap<>();
            long watermark = Long.MIN_VALUE;
            long now = 0;
            try (var harness = harness(FLUSH)) {
                for (int i = 0; i < 2_000; i++) {
                    Event event = new Event(random.nextInt(-1, 10), random.nextLong(20 * BUCKET));
                    harness.processElement(event, event.ms);
                    if (event.key >= 0) {
                        Sum sum = new Counting(true).probe(event);
                        expected.merge(sum, 1, Integer::sum);
                        if ((sum.bucket + 1) * BUCKET - 1 <= watermark) {
                            lateHere.merge(sum, 1, Integer::sum);
                        }
                    }
                    switch (random.nextInt(60)) {
                        case 0 -> harness.processWatermark(
                                watermark = Math.max(watermark, random.nextLong(event.ms + 1)));
                        case 1 -> harness.setProcessingTime(now += random.nextInt(3_000));
                        case 2 -> harness.prepareSnapshotPreBarrier(i);
                        case 3 -> harness.processWatermarkStatus(
                                random.nextBoolean() ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE);
                        default -> { }
                    }
                }
                harness.endInput();
                harness.getOneInputOperator().finish();
                Map<Sum, Integer> summed = new HashMap<>();
                Map<Sum, Integer> late = new HashMap<>();
                long passed = Long.MIN_VALUE;
                for (Object element : harness.getOutput()) {
                    if (element instanceof Watermark mark) {
                        passed = mark.getTimestamp();
                    } else if (element instanceof StreamRecord<?> record) {
                        Sum sum = sum(record);
                        summed.merge(sum, sum.count, Integer::sum);
                        assertThat(record.getTimestamp()).as("seed %d", seed).isEqualTo((sum.bucket + 1) * BUCKET - 1);
                        if (record.getTimestamp() <= passed) {
                            assertThat(sum.count).as("seed %d: late ones leave one by one", seed).isEqualTo(1);
                            late.merge(sum, 1, Integer::sum);
                        }
                    }
                }
                assertThat(summed).as("seed %d", seed).isEqualTo(expected);
                assertThat(late).as("seed %d: only what came late leaves late", seed).isEqualTo(lateHere);
            }
        }
    }

    @Test
    void aWatermarkReleasesTheBucketsItClosesAheadOfItselfAndNoOthers() throws Exception {
        try (var harness = harness(0)) {
            send(harness, new Event(1, 0), new Event(1, BUCKET - 1), new Event(1, BUCKET), new Event(2, 5));
            harness.processWatermark(BUCKET - 2);
            assertThat(drain(harness)).containsExactly("watermark 998");
            harness.processWatermark(BUCKET - 1);
            assertThat(drain(harness)).containsExactlyInAnyOrder("1@0:2", "2@0:1", "watermark 999").last()
                    .isEqualTo("watermark 999");
            harness.processWatermark(Long.MAX_VALUE);
            assertThat(drain(harness)).containsExactly("1@1:1", "watermark " + Long.MAX_VALUE);
        }
    }

    @Test
    void aRecordThatIsLateHereLeavesAtOnceAsAPartialOfOne() throws Exception {
        try (var harness = harness(0)) {
            harness.processWatermark(BUCKET - 1);
            drain(harness);
            send(harness, new Event(1, 0), new Event(1, 1), new Event(1, BUCKET));
            assertThat(drain(harness)).containsExactly("1@0:1", "1@0:1");
        }
    }

    @Test
    void everythingLeavesBeforeABarrierAndBeforeIdlenessAndAtTheEnd() throws Exception {
        try (var harness = harness(0)) {
            send(harness, new Event(1, 0), new Event(1, 0));
            harness.prepareSnapshotPreBarrier(1);
            assertThat(drain(harness)).containsExactly("1@0:2");
            send(harness, new Event(1, 0));
            harness.processWatermarkStatus(WatermarkStatus.IDLE);
            assertThat(drain(harness)).containsExactly("1@0:1", "idle");
            send(harness, new Event(2, 0));
            harness.getOneInputOperator().finish();
            assertThat(drain(harness)).containsExactly("2@0:1");
        }
    }

    @Test
    void aPartialWaitsNoLongerThanTheFlushInterval() throws Exception {
        try (var harness = harness(FLUSH)) {
            for (int round = 1; round < 4; round++) {
                send(harness, new Event(1, 0));
                harness.setProcessingTime(round * FLUSH - 1);
                assertThat(drain(harness)).isEmpty();
                harness.setProcessingTime(round * FLUSH);
                assertThat(drain(harness)).containsExactly("1@0:1");
            }
        }
    }

    @Test
    void withoutAFlushIntervalProcessingTimeReleasesNothing() throws Exception {
        try (var harness = harness(0)) {
            send(harness, new Event(1, 0));
            harness.setProcessingTime(1_000_000);
            assertThat(drain(harness)).isEmpty();
            assertThat(harness.getProcessingTimeService().getNumActiveTimers()).isZero();
        }
    }

    @Test
    void manyKeysOrManyValuesFlushWhatIsHeld() throws Exception {
        try (var harness = harness(0)) {
            for (int key = 0; key < 20_000; key++) {
                harness.processElement(new Event(key, 0), 0);
            }
            assertThat(harness.getOutput()).isEmpty();
            harness.processElement(new Event(20_000, 0), 0);
            assertThat(drain(harness)).hasSize(20_000);
            for (int i = 0; i < 200_000; i++) {
                harness.processElement(new Event(1, 0), 0);
            }
            assertThat(harness.getOutput()).isEmpty();
            harness.processElement(new Event(2, 0), 0);
            assertThat(drain(harness)).containsExactlyInAnyOrder("1@0:200000", "20000@0:1");
        }
    }

    private static void send(OneInputStreamOperatorTestHarness<Event, Sum> harness, Event... events) throws Exception {
        for (Event event : events) {
            harness.processElement(event, event.ms);
        }
    }

    private static List<String> drain(OneInputStreamOperatorTestHarness<Event, Sum> harness) {
        List<String> texts = new ArrayList<>();
        for (Object element : harness.getOutput()) {
            texts.add(element instanceof Watermark mark
                    ? "watermark " + mark.getTimestamp()
                    : element instanceof WatermarkStatus status ? (status.isIdle() ? "idle" : "active")
                    : sum((StreamRecord<?>) element).toString());
        }
        harness.getOutput().clear();
        return texts;
    }

    private static Sum sum(StreamRecord<?> record) {
        String[] parts = ((String) record.getValue()).split("[@:]");
        Sum sum = new Sum(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        sum.count = Integer.parseInt(parts[2]);
        return sum;
    }

    /** Sums leave as text, so that what was emitted cannot change afterwards unnoticed. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static OneInputStreamOperatorTestHarness<Event, Sum> harness(long flushMs) throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<Event, Sum>(new LocalCombiner<>(new Counting(flushMs > 0), flushMs));
        harness.setup((org.apache.flink.api.common.typeutils.TypeSerializer) new Texts());
        harness.open();
        return harness;
    }

    /** Copies anything as its text. */
    private static final class Texts extends org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton<Object> {
        @Override
        public Object copy(Object from) {
            return from.toString();
        }

        @Override
        public Object copy(Object from, Object reuse) {
            return from.toString();
        }

        @Override
        public boolean isImmutableType() {
            return false;
        }

        @Override
        public Object createInstance() {
            return "";
        }

        @Override
        public int getLength() {
            return -1;
        }

        @Override
        public void serialize(Object record, org.apache.flink.core.memory.DataOutputView target)
                throws java.io.IOException {
            StringSerializer.INSTANCE.serialize(record.toString(), target);
        }

        @Override
        public Object deserialize(org.apache.flink.core.memory.DataInputView source) throws java.io.IOException {
            return StringSerializer.INSTANCE.deserialize(source);
        }

        @Override
        public Object deserialize(Object reuse, org.apache.flink.core.memory.DataInputView source)
                throws java.io.IOException {
            return deserialize(source);
        }

        @Override
        public void copy(
                org.apache.flink.core.memory.DataInputView source, org.apache.flink.core.memory.DataOutputView target)
                throws java.io.IOException {
            StringSerializer.INSTANCE.copy(source, target);
        }

        @Override
        public org.apache.flink.api.common.typeutils.TypeSerializerSnapshot<Object> snapshotConfiguration() {
            throw new UnsupportedOperationException("these are never in state");
        }
    }
}
