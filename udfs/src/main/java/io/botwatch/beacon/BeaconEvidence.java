package io.botwatch.beacon;

import io.botwatch.beacon.BeaconWindow.Summary;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.quality.DataQuality;
import java.util.Locale;

/** How a beacon explains itself. */
final class BeaconEvidence {
    private BeaconEvidence() {}

    /**
     * @param toMs end of the window that qualifies, epoch ms
     * @param protocol IANA number, or -1 where the rule does not tell protocols apart
     */
    static Finding finding(
            BeaconRule rule, String configVersion, Address src, Address dst, int port, int protocol, Summary window, long toMs) {
        long minutes = window.minutes();
        double perHour = perHour(window);
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = rule.info().id();
        finding.ruleTitle = rule.info().title();
        finding.tags = rule.info().tags();
        finding.configVersion = configVersion;
        finding.severity = severity(window).atMost(rule.info().level());
        finding.firstSeenMs = window.firstMs();
        finding.lastSeenMs = window.lastMs();
        finding.episodeMs = toMs;
        finding.timeMs = toMs;
        finding.src = src;
        finding.dst = dst;
        finding.dstPort = port;
        finding.protocol = protocol;
        finding.connections = window.count();
        finding.message = String.format(
                Locale.ROOT,
                "%s contacted %s port %d %d times in %s, on average every %.1f s (%.1f an hour).",
                src,
                dst,
                port,
                window.count(),
                span(window.lastMs() - window.firstMs()),
                (window.lastMs() - window.firstMs()) / 1000.0 / (window.count() - 1),
                perHour);
        DataQuality quality = DataQuality.ofCadence(
                window.traits(),
                window.samplingRate(),
                (double) window.packets() / window.count(),
                (window.lastMs() - window.firstMs()) / Math.max(1, window.count() - 1));
        finding.confidence = quality.confidence();
        finding.notes.addAll(quality.notes());
        finding.measure("window_hours", trimmed(rule.windowMs() / 3_600_000.0))
                .measure("duration_minutes", minutes)
                .measure("connections_per_hour", String.format(Locale.ROOT, "%.2f", perHour))
                .measure("threshold_connections", rule.minConnections())
                .measure("threshold_minutes", rule.minDurationMinutes())
                .measure("threshold_per_hour", trimmed(rule.minPerHour()) + " to " + trimmed(rule.maxPerHour()));
        return finding;
    }

    /** In the order of the original query: divided first, then times 60, in double precision. */
    static double perHour(Summary window) {
        return (double) window.count() / window.minutes() * 60.0;
    }

    /** The original query's table. */
    static Severity severity(Summary window) {
        if (window.count() > 100 && window.minutes() > 120) {
            return Severity.CRITICAL;
        }
        if (window.count() > 50) {
            return Severity.HIGH;
        }
        return window.count() > 20 ? Severity.MEDIUM : Severity.LOW;
    }

    private static String span(long ms) {
        return ms >= 7_200_000
                ? String.format(Locale.ROOT, "%.1f h", ms / 3_600_000.0)
                : String.format(Locale.ROOT, "%d min", ms / 60_000);
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
