package io.botwatch.connection;

import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.flow.Flow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/** A tracker of a few key groups, and all that it put out. */
public final class Tracked implements ConnectionTracker.Output, ConnectionTracker.Tally {
    private static final int GROUPS = 4;

    private final ConnectionSettings settings;

    public final List<Flow> opened = new ArrayList<>();
    public final List<Flow> totals = new ArrayList<>();
    public final Map<Part, Integer> joined = new EnumMap<>(Part.class);
    public int evicted;
    public ConnectionTracker tracker;

    /** When each connection was put out: the watermark that did so. */
    final List<Long> openedAt = new ArrayList<>();

    private long watermarkMs = Long.MIN_VALUE;

    public Tracked(ConnectionSettings settings) {
        this.settings = settings;
        tracker = fresh(1);
    }

    public static Tracked byDefault() {
        return new Tracked(ConnectionSettings.DEFAULT);
    }

    private ConnectionTracker fresh(long seed) {
        return new ConnectionTracker(settings, 0, GROUPS, GROUPS, seed, this, this);
    }

    public Tracked add(Flow flow) {
        int group = (int) Math.floorMod(flow.srcLo + flow.dstLo, (long) GROUPS);
        Flow given = new Flow();
        given.copyFrom(flow);
        tracker.add(group, given);
        given.clear(); // it is the caller's to use again
        return this;
    }

    public Tracked addAll(List<Flow> flows) {
        flows.forEach(this::add);
        return this;
    }

    public long advance(long ms) {
        watermarkMs = ms;
        return tracker.advance(ms);
    }

    public Tracked end() {
        advance(Long.MAX_VALUE);
        return this;
    }

    /** Goes on with a tracker that was restored from this one's state. */
    void restart() {
        try {
            ConnectionTracker restored = fresh(2);
            for (int group = 0; group < GROUPS; group++) {
                DataOutputSerializer out = new DataOutputSerializer(64);
                tracker.write(group, out);
                restored.read(group, new DataInputDeserializer(out.getCopyOfBuffer()));
            }
            tracker = restored;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void opened(Flow connection) {
        opened.add(copy(connection));
        openedAt.add(watermarkMs);
    }

    @Override
    public void total(Flow connection) {
        totals.add(copy(connection));
    }

    private static Flow copy(Flow flow) {
        Flow copy = new Flow();
        copy.copyFrom(flow);
        return copy;
    }

    @Override
    public void joined(Part part, long exporterHi, long exporterLo) {
        joined.merge(part, 1, Integer::sum);
    }

    @Override
    public void evicted(int conversations) {
        evicted += conversations;
    }
}
