package io.botwatch.lifecycle;

import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.Severity;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** An open finding: its state now, and what its readers were last told. */
final class Story {
    /** Not closing until the detector says that the rule no longer holds. */
    static final long OPEN_ENDED = Long.MAX_VALUE;

    Finding now;

    /** Event time at which it closes unless something happens, epoch ms; or {@link #OPEN_ENDED}. */
    long closeAtMs = OPEN_ENDED;

    /** Whether {@link #now} differs from what was last emitted. */
    boolean changed;

    Severity toldSeverity;
    double toldScore = Double.NaN;
    long toldConnections;
    long toldTimeMs;

    /** A story in state. */
    static final class Serializer extends RecordSerializer<Story> {
        static final Serializer INSTANCE = new Serializer();
        private static final Severity[] SEVERITIES = Severity.values();

        @Override
        protected int version() {
            return 1;
        }

        @Override
        public Story createInstance() {
            return new Story();
        }

        @Override
        public Story copy(Story from) {
            Story copy = new Story();
            copy.now = from.now.copy();
            copy.closeAtMs = from.closeAtMs;
            copy.changed = from.changed;
            copy.toldSeverity = from.toldSeverity;
            copy.toldScore = from.toldScore;
            copy.toldConnections = from.toldConnections;
            copy.toldTimeMs = from.toldTimeMs;
            return copy;
        }

        @Override
        protected void write(Story story, DataOutputView out) throws IOException {
            FindingSerializer.INSTANCE.serialize(story.now, out);
            out.writeLong(story.closeAtMs);
            out.writeBoolean(story.changed);
            out.writeByte(story.toldSeverity.ordinal());
            out.writeDouble(story.toldScore);
            out.writeLong(story.toldConnections);
            out.writeLong(story.toldTimeMs);
        }

        @Override
        protected Story read(int version, Story story, DataInputView in) throws IOException {
            story.now = FindingSerializer.INSTANCE.deserialize(in);
            story.closeAtMs = in.readLong();
            story.changed = in.readBoolean();
            story.toldSeverity = SEVERITIES[in.readByte()];
            story.toldScore = in.readDouble();
            story.toldConnections = in.readLong();
            story.toldTimeMs = in.readLong();
            return story;
        }

        @Override
        public TypeSerializerSnapshot<Story> snapshotConfiguration() {
            return new Snapshot();
        }

        /** Names the serializer in savepoints. */
        public static final class Snapshot extends SimpleTypeSerializerSnapshot<Story> {
            public Snapshot() {
                super(() -> INSTANCE);
            }
        }
    }
}
