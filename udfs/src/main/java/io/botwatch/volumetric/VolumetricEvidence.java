package io.botwatch.volumetric;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.quality.DataQuality;
import io.botwatch.sketch.DistinctCount;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How a volumetric attack explains itself. */
final class VolumetricEvidence {
    private VolumetricEvidence() {}

    /** Of sampled connections, the share that has to go to one port for it to be the port of the attack. */
    private static final double MOST = 0.8;

    /**
     * @param threshold connections in force, the rule's own or what the baseline made of it
     * @param told whether to say what kind of attack it looks like, and to judge by that
     */
    static Finding finding(
            VolumetricRule rule, String configVersion, VolumetricPartial window, long threshold, boolean told) {
        long sources = window.sourceCount();
        long count = window.count();
        Address dst = new Address(window.dstHi, window.dstLo);
        VolumetricKind kind = VolumetricKind.of(rule, window);
        Finding finding = rule.info().finding(Finding.Type.VOLUMETRIC, configVersion);
        finding.severity = (told ? kind.severity() : Severity.HIGH).atMost(rule.info().level());
        finding.firstSeenMs = window.firstMs;
        finding.lastSeenMs = window.lastMs;
        finding.episodeMs = window.windowStartMs;
        finding.timeMs = window.windowStartMs + rule.windowMs();
        finding.dst = dst;
        finding.dstPort = rule.per() == VolumetricRule.Per.SERVICE ? window.port : commonPort(window);
        finding.connections = count;
        finding.distinctSources = sources;
        finding.message = String.format(
                Locale.ROOT,
                "%d%s sources made %d connections to %s%s%s in the %d minutes from %s%s.",
                sources,
                window.sources.exact() ? "" : " (estimated)",
                count,
                rule.per() == VolumetricRule.Per.NETWORK ? network(dst) + ", " + window.targetCount() + " hosts" : dst,
                finding.dstPort < 0 ? "" : " port " + finding.dstPort,
                rule.per() == VolumetricRule.Per.REFLECTOR ? ", all from port " + window.port + "," : "",
                rule.windowMs() / 60_000,
                Instant.ofEpochMilli(window.windowStartMs),
                told ? ": " + kind.words : "");
        finding.measure("window_start", Instant.ofEpochMilli(window.windowStartMs))
                .measure("records", window.records)
                .measure("distinct_sources_kind", kind(window.sources.exact()))
                .measure("connections_kind", kind(window.connections == null || window.connections.exact()));
        if (told) {
            finding.measure("subtype", kind.label())
                    .measure("packets_per_flow", rounded(window.packetsPerFlow()))
                    .measure("syn_only_share", rounded((double) window.beginnings / window.records))
                    .measure("source_entropy", rounded(window.spread.evenness()))
                    .measure("asked", window.asked);
        }
        if (rule.per() == VolumetricRule.Per.REFLECTOR) {
            finding.measure("reflection_port", window.port);
        }
        if (rule.per() == VolumetricRule.Per.NETWORK) {
            finding.measure("network", network(dst)).measure("distinct_targets", window.targetCount());
        }
        finding.measure("threshold_distinct_sources", rule.condition().minSources())
                .measure("threshold_connections", threshold);
        if (threshold > rule.condition().minConnections()) {
            finding.notes.add("the threshold is " + rule.baseline().factor() + " times what is usual for this target");
        }
        if (!window.sources.exact() || window.connections != null && !window.connections.exact()) {
            finding.notes.add("Distinct counts above " + DistinctCount.EXACT_LIMIT
                    + " are a sketch's estimates, standard error 1.6 %, and never more than the records.");
        }
        DataQuality quality = DataQuality.ofCounts(window.samplingRate, "connections and sources");
        finding.confidence = quality.confidence();
        finding.notes.addAll(quality.notes());
        for (int i = 0; i < window.sample.size(); i++) {
            finding.samples.add(new Finding.Sample(window.sample.address(i), dst, finding.dstPort, window.firstMs));
        }
        return finding;
    }

    /** The port that most of the sampled connections go to; -1 where there is none. */
    private static int commonPort(VolumetricPartial window) {
        Map<Long, Integer> counts = new TreeMap<>();
        for (int i = 0; i < window.ports.size(); i++) {
            counts.merge(window.ports.number(i), 1, Integer::sum);
        }
        for (Map.Entry<Long, Integer> port : counts.entrySet()) {
            if (port.getValue() >= MOST * window.ports.size()) {
                return port.getKey().intValue();
            }
        }
        return -1;
    }

    private static String network(Address base) {
        return base + (Address.isV4(base.hi, base.lo) ? "/24" : "/64");
    }

    private static double rounded(double value) {
        return Math.round(1000 * value) / 1000.0;
    }

    private static String kind(boolean exact) {
        return exact ? "exact" : "estimate";
    }
}
