package io.botwatch.live;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A split, and how far its reader had come in event time when it was last checkpointed: after a restore a change of the rules must
 * still begin behind all that was read before.
 *
 * @param latestMs latest event time that any flow of the reader may have been judged at, epoch ms; {@link Long#MIN_VALUE} before
 *     the first
 */
record LiveSplit<S extends SourceSplit>(S split, long latestMs) implements SourceSplit {
    LiveSplit {
        Objects.requireNonNull(split);
    }

    @Override
    public String splitId() {
        return split.splitId();
    }

    /** The time before the split. Splits of jobs that had none before are read as well. */
    static final class Serializer<S extends SourceSplit> implements SimpleVersionedSerializer<LiveSplit<S>> {
        private static final int BASE = 1_000;

        private final SimpleVersionedSerializer<S> splits;

        Serializer(SimpleVersionedSerializer<S> splits) {
            this.splits = splits;
        }

        @Override
        public int getVersion() {
            return BASE + splits.getVersion();
        }

        @Override
        public byte[] serialize(LiveSplit<S> live) throws IOException {
            byte[] split = splits.serialize(live.split);
            return ByteBuffer.allocate(Long.BYTES + split.length)
                    .putLong(live.latestMs)
                    .put(split)
                    .array();
        }

        @Override
        public LiveSplit<S> deserialize(int version, byte[] serialized) throws IOException {
            if (version < BASE) {
                return new LiveSplit<>(splits.deserialize(version, serialized), Long.MIN_VALUE);
            }
            ByteBuffer bytes = ByteBuffer.wrap(serialized);
            long latestMs = bytes.getLong();
            byte[] split = new byte[bytes.remaining()];
            bytes.get(split);
            return new LiveSplit<>(splits.deserialize(version - BASE, split), latestMs);
        }
    }
}
