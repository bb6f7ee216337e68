package io.botwatch.wire;

import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * An operator of a keyed stream that keeps its state itself, by key group, and writes it as raw keyed state: for state that a
 * backend's entry and timer for each key would make several times as dear, or that must be bounded per key group.
 */
public abstract class KeyGroupOperator<T> extends AbstractStreamOperator<T> {
    protected transient KeyGroups groups;
    private transient KeyGroups.State state;

    /** Makes the state, empty; called before {@link #open} and before what a checkpoint holds is read into it. */
    protected abstract KeyGroups.State begin();

    @Override
    protected final boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public final void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        groups = KeyGroups.of(getRuntimeContext().getTaskInfo());
        state = begin();
        groups.read(context, state);
    }

    @Override
    public final void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        groups.write(context, state);
    }

    /** There is no state of the backend's to select. */
    @Override
    public final void setKeyContextElement1(StreamRecord element) {}

    @Override
    public final void setKeyContextElement2(StreamRecord element) {}
}
