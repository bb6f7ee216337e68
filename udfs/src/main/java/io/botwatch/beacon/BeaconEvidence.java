package io.botwatch.beacon;

import io.botwatch.beacon.BeaconWindow.Summary;
import io.botwatch.cadence.Cadence;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FixedDecimal;
import io.botwatch.finding.ServiceLabel;
import io.botwatch.finding.Severity;
import io.botwatch.quality.DataQuality;

/** How a beacon explains itself. */
final class BeaconEvidence {
    private BeaconEvidence() {}

    /** A finding that counts connections, as the original query does. */
    static void ofRate(Finding finding, BeaconRule rule, Summary window) {
        double perHour = perHour(window);
        see(finding, window);
        finding.severity = severity(window).atMost(rule.info().level());
        double onAverage = (window.lastMs() - window.firstMs()) / 1000.0 / (window.count() - 1);
        finding.message = finding.src + " contacted " + finding.dst + " port " + finding.dstPort + " " + window.count()
                + " times in " + span(window.lastMs() - window.firstMs()) + ", on average every "
                + FixedDecimal.of(onAverage, 1) + " s (" + FixedDecimal.of(perHour, 1) + " an hour).";
        finding.measure("window_hours", trimmed(rule.windowMs() / 3_600_000.0))
                .measure("duration_minutes", window.minutes())
                .measure("connections_per_hour", FixedDecimal.of(perHour, 2))
                .measure("threshold_connections", rule.minConnections())
                .measure("threshold_minutes", rule.minDurationMinutes())
                .measure("threshold_per_hour", trimmed(rule.minPerHour()) + " to " + trimmed(rule.maxPerHour()));
    }

    /**
     * A finding of a cadence. Its score is what is known without the destination, its severity the highest it may come to
     * when the destination has been weighed.
     */
    static void ofCadence(Finding finding, BeaconRule rule, Summary window, Regularity regularity) {
        Cadence cadence = regularity.cadence();
        see(finding, window);
        boolean answered = window.answered() * 10 >= window.count();
        finding.severity = answered && !cadence.interleaved() ? Severity.CRITICAL : Severity.MEDIUM;
        finding.score = regularity.score();
        finding.periodSeconds = Math.round(regularity.period().ms()) / 1000.0;
        finding.jitter = thousandths(regularity.period().jitter());
        String missed = cadence.missedShare() < 0.05
                ? ""
                : " (" + FixedDecimal.of(100 * cadence.missedShare(), 0) + " % of the beats missed)";
        finding.message = finding.src + " contacted " + finding.dst + ":"
                + ServiceLabel.of(finding.dstPort, finding.protocol) + " " + window.count() + " times in "
                + span(window.lastMs() - window.firstMs()) + ", every " + trimmed(finding.periodSeconds) + " s ± "
                + FixedDecimal.of(100 * regularity.period().jitter(), 0) + " %" + missed
                + (cadence.interleaved() ? ", with other connections in between" : "")
                + (answered ? "." : "; attempts, never answered.");
        finding.measure("window_hours", trimmed(rule.windowMs() / 3_600_000.0))
                .measure("cadence_score", thousandths(cadence.score()))
                .measure("intervals", cadence.intervals())
                .measure("missed_share", thousandths(cadence.missedShare()))
                .measure("evidence_nats", thousandths(cadence.evidence()))
                .measure("burst_cut_s", trimmed(cadence.burstCutMs() / 1000.0))
                .measure("size_constancy", thousandths(regularity.sizeConstancy()))
                .measure("answered_share", thousandths((double) window.answered() / window.count()))
                .measure("threshold_score", trimmed(rule.cadence().minScore()))
                .measure("threshold_connections", rule.minConnections())
                .measure("threshold_minutes", rule.minDurationMinutes());
        if (cadence.interleaved()) {
            finding.notes.add("medium at most: the cadence shows only when the connections in between are left out");
        }
        if (!answered) {
            finding.notes.add("medium at most: the destination never answered; a host that retries a dead service looks the same");
        }
    }

    private static void see(Finding finding, Summary window) {
        finding.firstSeenMs = window.firstMs();
        finding.lastSeenMs = window.lastMs();
        finding.connections = window.count();
        DataQuality quality = DataQuality.ofCadence(
                window.traits(),
                window.samplingRate(),
                (double) window.packets() / window.count(),
                (window.lastMs() - window.firstMs()) / Math.max(1, window.count() - 1));
        finding.confidence = quality.confidence();
        finding.notes.addAll(quality.notes());
    }

    private static double thousandths(double value) {
        return Math.round(value * 1000) / 1000.0;
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
                ? FixedDecimal.of(ms / 3_600_000.0, 1) + " h"
                : ms / 60_000 + " min";
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
