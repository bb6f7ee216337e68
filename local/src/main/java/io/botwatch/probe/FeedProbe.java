package io.botwatch.probe;

import io.botwatch.classify.Classifier;
import io.botwatch.connection.ConnectionSettings;
import io.botwatch.connection.ConnectionTracker;
import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.quality.ConnectionQuality;
import io.botwatch.quality.ExporterTable;
import io.botwatch.quality.RecordQuality;
import io.botwatch.rule.RuleSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes a sample of a feed, and makes of it what the job would up to its detectors: its records, in the order in which they
 * arrive, then its connections. It keeps the sample's flows, about 200 bytes each.
 */
public final class FeedProbe {
    private final RuleSet rules;
    private final Classifier classifier;
    private final List<Flow> flows = new ArrayList<>();
    private final RecordQuality records = new RecordQuality();
    private final ExporterTable<RecordQuality> byExporter = new ExporterTable<>(name -> new RecordQuality());
    private final Map<Reason, Long> dead = new EnumMap<>(Reason.class);
    private final long latestPossibleMs;
    private long taken;
    private long notIp;
    private long lookups;
    private long ahead;

    /**
     * @param rules give flows their direction, and are what the feed is to support
     * @param latestPossibleMs no flow can start after it, epoch ms: the clock, and what clocks may differ
     */
    public FeedProbe(RuleSet rules, long latestPossibleMs) {
        this.rules = rules;
        this.latestPossibleMs = latestPossibleMs;
        this.classifier = new Classifier(rules);
    }

    /** A file or a partition: what has an order of arrival of its own. */
    public final class Source {
        private long latestMs = Long.MIN_VALUE;

        private Source() {}

        /** @param record is the caller's to use again */
        public void take(Decoded record) {
            taken++;
            if (record.isFlow()) {
                take(record.flow);
            } else if (record.isLookup()) {
                lookups++;
            } else if (record.isNotIp()) {
                notIp++;
            } else {
                dead.merge(record.dead.reason(), 1L, Long::sum);
            }
        }

        private void take(Flow flow) {
            records.add(flow, latestMs);
            byExporter.of(flow.exporterHi, flow.exporterLo).add(flow, latestMs);
            if (flow.startMs > latestPossibleMs) {
                ahead++; // it says nothing of how late the others are
            } else {
                latestMs = Math.max(latestMs, flow.startMs);
            }
            Flow kept = new Flow();
            kept.copyFrom(flow);
            classifier.classify(kept);
            flows.add(kept);
        }
    }

    /** How many flows, records not IP and dead letters it was given. */
    public long taken() {
        return taken;
    }

    public Source source() {
        return new Source();
    }

    /**
     * What the sample is like. Ends the probe.
     *
     * @param settings how records become connections; all of the sample is held, whatever its bound
     */
    public Feed finish(ConnectionSettings settings) {
        Connections connections = new Connections(settings.withMaxRecords(2 * flows.size() + 2));
        // In order of time, as if nothing were late: lateness is told of the records.
        flows.sort(Comparator.comparingLong(flow -> flow.startMs));
        long advancedMs = Long.MIN_VALUE;
        for (Flow flow : flows) {
            if (flow.startMs - 1_000 > advancedMs) {
                advancedMs = flow.startMs - 1;
                connections.tracker.advance(advancedMs);
            }
            connections.add(flow);
        }
        connections.tracker.advance(Long.MAX_VALUE);
        flows.clear();
        List<Feed.Exporter> exporters = new ArrayList<>();
        Map<String, ConnectionQuality> made = new HashMap<>();
        connections.byExporter.forEach(made::put);
        byExporter.forEach((name, quality) ->
                exporters.add(new Feed.Exporter(name, quality, made.getOrDefault(name, new ConnectionQuality()))));
        exporters.sort(Comparator.comparingLong((Feed.Exporter exporter) -> -exporter.records().records())
                .thenComparing(Feed.Exporter::name));
        return new Feed(records, connections.all, exporters, connections.directions, notIp, lookups, ahead, dead, rules);
    }

    /** Makes connections of the sample, and counts them for all exporters and for each. */
    private final class Connections implements ConnectionTracker.Output, ConnectionTracker.Tally {
        final ConnectionTracker tracker;
        final ConnectionQuality all = new ConnectionQuality();
        final ExporterTable<ConnectionQuality> byExporter = new ExporterTable<>(name -> new ConnectionQuality());
        final Map<Direction, Long> directions = new EnumMap<>(Direction.class);

        Connections(ConnectionSettings settings) {
            tracker = new ConnectionTracker(settings, 0, 1, 1, 0, this, this);
        }

        void add(Flow flow) {
            if (classifier.isReply(flow)) {
                return; // as in the job: it is no connection, and nothing joins it with one
            }
            if (flow.mayBePiece || flow.mayBeCopy) { // in preset aql, too: it is what its records are worth
                tracker.add(0, flow);
            } else {
                all.addWhole(flow);
                of(flow).addWhole(flow);
                directions.merge(flow.direction, 1L, Long::sum);
            }
        }

        private ConnectionQuality of(Flow flow) {
            return byExporter.of(flow.exporterHi, flow.exporterLo);
        }

        @Override
        public void opened(Flow connection) {
            all.addBegun(connection);
            of(connection).addBegun(connection);
            directions.merge(connection.direction, 1L, Long::sum);
        }

        @Override
        public void total(Flow connection) {
            all.addTotal(connection);
            of(connection).addTotal(connection);
        }

        @Override
        public void joined(Part part, long exporterHi, long exporterLo) {
            joined(part, all);
            joined(part, byExporter.of(exporterHi, exporterLo));
        }

        private static void joined(Part part, ConnectionQuality quality) {
            switch (part) {
                case REPLY -> quality.addReply();
                case PIECE -> quality.addPiece();
                case COPY -> quality.addCopy();
            }
        }

        @Override
        public void evicted(int conversations) {
            throw new IllegalStateException("the bound is above what there is");
        }
    }
}
