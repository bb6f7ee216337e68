package io.botwatch.volumetric;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.combine.LocalCombiner;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.rule.RuleSets;
import io.botwatch.rule.RuleSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** Some combiners, whose partials go to one decision as they leave. */
final class Phases implements AutoCloseable {
    private static final long SECRET = 42;

    final List<OneInputStreamOperatorTestHarness<Flow, VolumetricPartial>> combiners = new ArrayList<>();
    final KeyedOneInputStreamOperatorTestHarness<RuleSubject, VolumetricPartial, Candidate> global;

    Phases(VolumetricRule rule, boolean records, int parallelism) throws Exception {
        this(rule, records, parallelism, null);
    }

    Phases(VolumetricRule rule, boolean records, int parallelism, OperatorSubtaskState state) throws Exception {
        for (int i = 0; i < parallelism; i++) {
            var combiner = new OneInputStreamOperatorTestHarness<Flow, VolumetricPartial>(
                    new LocalCombiner<>(new VolumetricCombining(rule, !records, SECRET), 2_000));
            combiner.setup(VolumetricPartial.Serializer.INSTANCE);
            combiner.open();
            combiners.add(combiner);
        }
        global = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new VolumetricFunction(RuleSets.always(rule), records)),
                VolumetricPartial::subject,
                RuleSubject.Serializer.TYPE);
        global.setup(CandidateSerializer.INSTANCE);
        if (state != null) {
            global.initializeState(state);
        }
        global.open();
    }

    void send(Flow flow, SplittableRandom random) throws Exception {
        combiners.get(random.nextInt(combiners.size())).processElement(flow, flow.startMs);
    }

    void sometimesFlush(SplittableRandom random) throws Exception {
        if (random.nextInt(50) == 0) {
            flush(combiners.get(random.nextInt(combiners.size())));
        }
    }

    void flush() throws Exception {
        for (var combiner : combiners) {
            flush(combiner);
        }
    }

    private void flush(OneInputStreamOperatorTestHarness<Flow, VolumetricPartial> combiner) throws Exception {
        combiner.setProcessingTime(combiner.getProcessingTime() + 2_000);
        drain(combiner);
    }

    void beforeBarrier() throws Exception {
        for (var combiner : combiners) {
            combiner.prepareSnapshotPreBarrier(1);
            drain(combiner);
        }
    }

    void watermark(long ms) throws Exception {
        for (var combiner : combiners) {
            combiner.processWatermark(ms);
            drain(combiner);
        }
        global.processWatermark(ms);
    }

    private void drain(OneInputStreamOperatorTestHarness<Flow, VolumetricPartial> combiner) throws Exception {
        for (var record : combiner.extractOutputStreamRecords()) {
            global.processElement(record.getValue(), record.getTimestamp());
        }
        combiner.getOutput().clear();
    }

    List<Candidate> candidates() {
        return new ArrayList<>(global.extractOutputValues());
    }

    void assertForgotten() {
        assertThat(global.numKeyedStateEntries()).isZero();
        assertThat(global.numEventTimeTimers()).isZero();
    }

    @Override
    public void close() throws Exception {
        for (var combiner : combiners) {
            combiner.close();
        }
        global.close();
    }
}
