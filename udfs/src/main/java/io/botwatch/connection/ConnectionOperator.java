package io.botwatch.connection;

import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.metric.Tally;
import io.botwatch.quality.ConnectionQuality;
import io.botwatch.quality.ExporterTable;
import io.botwatch.quality.QualityMetrics;
import io.botwatch.timing.NeverIdleOperator;
import io.botwatch.wire.KeyGroupOperator;
import io.botwatch.wire.KeyGroups;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * Where records become connections. Its main output is each connection once, when it has begun; {@link #TOTALS} is what they
 * came to. Records that are connections already pass through to both.
 *
 * <p>The state is its own, per key group, and leaves in checkpoints as raw keyed state: every record of the feed lies here
 * for as long as the watermark trails, which a state backend's entry and timer a record would make several times as dear,
 * and it is bounded per key group, which keyed state cannot be. Its watermark trails the one it is given by the time in
 * which connections settle, so that nothing behind it is late.
 */
public final class ConnectionOperator extends KeyGroupOperator<Flow> implements OneInputStreamOperator<Flow, Flow> {
    public static final OutputTag<Flow> TOTALS = new OutputTag<>("totals", FlowSerializer.TYPE);

    private final ConnectionSettings settings;
    private final ConnectionKeySelector selector;
    private final boolean asRecorded;

    private transient ConnectionTracker tracker;
    private transient StreamRecord<Flow> emitted;
    private transient long watermarkMs;
    private transient Tally opened;
    private transient Tally late;
    private transient ExporterTable<ConnectionQuality> exporters;

    /**
     * @param selector of the stream's key
     * @param asRecorded whether every record is taken for a connection of its own, whatever its format
     */
    public ConnectionOperator(ConnectionSettings settings, ConnectionKeySelector selector, boolean asRecorded) {
        this.settings = settings;
        this.selector = selector;
        this.asRecorded = asRecorded;
    }

    @Override
    protected KeyGroups.State begin() {
        tracker = new ConnectionTracker(
                settings,
                groups.first(),
                groups.count(),
                groups.of(),
                ThreadLocalRandom.current().nextLong(),
                new Emission(),
                new Tallies());
        return tracker;
    }

    @Override
    public void open() throws Exception {
        super.open();
        emitted = new StreamRecord<>(null);
        watermarkMs = Long.MIN_VALUE;
        opened = Tally.of(getRuntimeContext(), Tally.CONNECTIONS);
        late = Tally.of(getRuntimeContext(), Tally.LATE_CONNECTIONS);
        exporters = QualityMetrics.ofConnections(getMetricGroup());
        getMetricGroup().gauge("connections_held", () -> tracker.held());
    }

    @Override
    public void processElement(StreamRecord<Flow> element) throws Exception {
        Flow flow = element.getValue();
        if (flow.change() != null) {
            output.collect(element);
            output.collect(TOTALS, element);
            return;
        }
        if (asRecorded || !flow.mayBePiece && !flow.mayBeCopy) {
            opened.increment();
            exporters.of(flow.exporterHi, flow.exporterLo).addWhole(flow);
            output.collect(element);
            output.collect(TOTALS, element);
            return;
        }
        if (flow.startMs <= watermarkMs) {
            late.increment();
        }
        tracker.add(groups.groupOf(selector.getKey(flow)), flow);
    }

    @Override
    public void processWatermark(Watermark mark) {
        long settledMs = asRecorded ? mark.getTimestamp() : tracker.advance(mark.getTimestamp());
        if (settledMs > watermarkMs) {
            watermarkMs = settledMs;
            output.emitWatermark(new Watermark(settledMs));
        }
    }

    /** As {@link NeverIdleOperator}. */
    @Override
    public void processWatermarkStatus(WatermarkStatus status) {}

    private final class Emission implements ConnectionTracker.Output {
        @Override
        public void opened(Flow connection) {
            opened.increment();
            exporters.of(connection.exporterHi, connection.exporterLo).addBegun(connection);
            output.collect(emitted.replace(connection, connection.startMs));
        }

        @Override
        public void total(Flow connection) {
            exporters.of(connection.exporterHi, connection.exporterLo).addTotal(connection);
            output.collect(TOTALS, emitted.replace(connection, connection.startMs));
        }
    }

    private final class Tallies implements ConnectionTracker.Tally {
        private final Tally replies = Tally.of(getRuntimeContext(), Tally.REPLIES);
        private final Tally pieces = Tally.of(getRuntimeContext(), Tally.PIECES);
        private final Tally copies = Tally.of(getRuntimeContext(), Tally.COPIES);
        private final Tally evicted = Tally.of(getRuntimeContext(), Tally.EVICTED_CONNECTIONS);

        @Override
        public void joined(Part part, long exporterHi, long exporterLo) {
            ConnectionQuality exporter = exporters.of(exporterHi, exporterLo);
            switch (part) {
                case REPLY -> {
                    replies.increment();
                    exporter.addReply();
                }
                case PIECE -> {
                    pieces.increment();
                    exporter.addPiece();
                }
                case COPY -> {
                    copies.increment();
                    exporter.addCopy();
                }
            }
        }

        @Override
        public void evicted(int conversations) {
            evicted.add(conversations);
        }
    }
}
