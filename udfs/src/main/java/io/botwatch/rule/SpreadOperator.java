package io.botwatch.rule;

import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RuleChange;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Stands before a shuffle by key, and gives every subtask behind it a copy of each change of the rules. Records pass. A copy among
 * the records keeps its place among them, which a broadcast beside them would not.
 *
 * @param <T> the records
 * @param <K> their keys
 */
public final class SpreadOperator<T extends RuleChange.Carrier, K> extends AbstractStreamOperator<T>
        implements OneInputStreamOperator<T, T> {
    private final KeySelector<T, K> selector;
    private final CarrierSerializer<T> records;

    private transient StreamRecord<T> copy;

    /** @param selector of the shuffle */
    public SpreadOperator(KeySelector<T, K> selector, CarrierSerializer<T> records) {
        this.selector = selector;
        this.records = records;
    }

    @Override
    public void open() throws Exception {
        super.open();
        copy = new StreamRecord<>(null);
    }

    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
        RuleChange change = element.getValue().change();
        if (change == null) {
            output.collect(element);
            return;
        }
        // The shuffle's parallelism is a scheduler's choice; the task's own outputs tell what it is now.
        Set<Integer> parallelisms = new HashSet<>();
        for (ResultPartitionWriter writer : getContainingTask().getEnvironment().getAllWriters()) {
            if (parallelisms.add(writer.getNumberOfSubpartitions())) {
                spread(change, writer.getNumberOfSubpartitions());
            }
        }
    }

    private void spread(RuleChange change, int parallelism) throws Exception {
        int maxParallelism = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
        Set<Integer> reached = new HashSet<>();
        for (int address = 0; reached.size() < parallelism; address++) {
            T carrier = records.carrier(change.to(address));
            if (reached.add(KeyGroupRangeAssignment.assignKeyToParallelOperator(
                    selector.getKey(carrier), maxParallelism, parallelism))) {
                output.collect(copy.replace(carrier));
            }
        }
    }
}
