package io.botwatch.wire;

import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.KeyedStateCheckpointOutputStream;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;

/** The key groups of a subtask of a {@link KeyGroupOperator}. */
public final class KeyGroups {
    private final int of;
    private final KeyGroupRange range;

    private KeyGroups(int of, KeyGroupRange range) {
        this.of = of;
        this.range = range;
    }

    /** What is kept of one key group. */
    public interface State {
        boolean isEmpty(int group);

        /** Writes it, a version first. */
        void write(int group, DataOutputView out) throws IOException;

        /** @throws IOException also when a newer release wrote it */
        void read(int group, DataInputView in) throws IOException;
    }

    static KeyGroups of(TaskInfo task) {
        int groups = task.getMaxNumberOfParallelSubtasks();
        return new KeyGroups(
                groups,
                KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                        groups, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask()));
    }

    public int first() {
        return range.getStartKeyGroup();
    }

    /** How many this subtask has. */
    public int count() {
        return range.getNumberOfKeyGroups();
    }

    /** How many there are in all. */
    public int of() {
        return of;
    }

    public int groupOf(Object key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, of);
    }

    /**
     * The version that a part of the state begins with.
     *
     * @param of what it is a version of, in the plural
     * @throws IOException when it is not {@code oldest} to {@code newest}
     */
    public static int readVersion(String of, int oldest, int newest, DataInputView in) throws IOException {
        int version = in.readByte();
        if (version < oldest || version > newest) {
            throw new IOException(of + " of version " + version + ", this build knows "
                    + (oldest == newest ? "" : oldest + " to ") + newest + ": the state was written by another release");
        }
        return version;
    }

    void write(StateSnapshotContext context, State state) throws Exception {
        KeyedStateCheckpointOutputStream out = context.getRawKeyedOperatorStateOutput();
        DataOutputViewStreamWrapper view = new DataOutputViewStreamWrapper(out);
        for (int group : range) {
            if (!state.isEmpty(group)) {
                out.startNewKeyGroup(group);
                state.write(group, view);
            }
        }
    }

    void read(StateInitializationContext context, State state) throws IOException {
        for (KeyGroupStatePartitionStreamProvider group : context.getRawKeyedStateInputs()) {
            if (range.contains(group.getKeyGroupId())) {
                try (InputStream in = group.getStream()) {
                    state.read(group.getKeyGroupId(), new DataInputViewStreamWrapper(in));
                }
            }
        }
    }
}
