package io.botwatch.volumetric;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.quality.DataQuality;
import io.botwatch.sketch.DistinctCount;
import java.time.Instant;
import java.util.Locale;

/** How a volumetric attack explains itself. */
final class VolumetricEvidence {
    private VolumetricEvidence() {}

    static Finding finding(VolumetricRule rule, String configVersion, VolumetricPartial window) {
        long sources = window.sourceCount();
        long count = window.count();
        Address dst = new Address(window.dstHi, window.dstLo);
        Finding finding = new Finding();
        finding.type = Finding.Type.VOLUMETRIC;
        finding.ruleId = rule.info().id();
        finding.ruleTitle = rule.info().title();
        finding.tags = rule.info().tags();
        finding.configVersion = configVersion;
        finding.severity = Severity.HIGH.atMost(rule.info().level());
        finding.firstSeenMs = window.firstMs;
        finding.lastSeenMs = window.lastMs;
        finding.episodeMs = window.windowStartMs;
        finding.timeMs = window.windowStartMs + rule.windowMs();
        finding.dst = dst;
        finding.dstPort = window.dstPort;
        finding.connections = count;
        finding.distinctSources = sources;
        finding.message = String.format(
                Locale.ROOT,
                "%d%s sources made %d connections to %s port %d in the %d minutes from %s.",
                sources,
                window.sources.exact() ? "" : " (estimated)",
                count,
                dst,
                window.dstPort,
                rule.windowMs() / 60_000,
                Instant.ofEpochMilli(window.windowStartMs));
        finding.measure("window_start", Instant.ofEpochMilli(window.windowStartMs))
                .measure("records", window.records)
                .measure("distinct_sources_kind", kind(window.sources.exact()))
                .measure("connections_kind", kind(window.connections == null || window.connections.exact()))
                .measure("threshold_distinct_sources", rule.minSources())
                .measure("threshold_connections", rule.minConnections());
        if (!window.sources.exact() || window.connections != null && !window.connections.exact()) {
            finding.notes.add("Distinct counts above " + DistinctCount.EXACT_LIMIT
                    + " are a sketch's estimates, standard error 1.6 %, and never more than the records.");
        }
        DataQuality quality = DataQuality.ofCounts(window.samplingRate, "connections and sources");
        finding.confidence = quality.confidence();
        finding.notes.addAll(quality.notes());
        for (int i = 0; i < window.sample.size(); i++) {
            finding.samples.add(new Finding.Sample(window.sample.get(i), dst, window.dstPort, window.firstMs));
        }
        return finding;
    }

    private static String kind(boolean exact) {
        return exact ? "exact" : "estimate";
    }
}
