package io.botwatch.local;

import java.time.Instant;
import java.util.Locale;

/** How a canary does, as Prometheus reads it. Thread-safe. */
final class CanaryStatus {
    private final Instant started;
    private long sent;
    private long found;
    private Instant lastFound;

    CanaryStatus(Instant started) {
        this.started = started;
    }

    synchronized void addSent() {
        sent++;
    }

    /** @param written when the finding was written to its topic */
    synchronized void addFound(Instant written) {
        found++;
        lastFound = lastFound == null || written.isAfter(lastFound) ? written : lastFound;
    }

    synchronized long sent() {
        return sent;
    }

    synchronized long found() {
        return found;
    }

    /** The text exposition format. What has not happened has no time. */
    synchronized String exposition() {
        StringBuilder out = new StringBuilder();
        gauge(out, "started", "When the canary began.", started);
        counter(out, "sent", "Connections of the canary that the broker took.", sent);
        counter(out, "found", "Findings of the canary that were read.", found);
        if (lastFound != null) {
            gauge(out, "last_found", "When the last finding of the canary was written.", lastFound);
        }
        return out.toString();
    }

    private static void gauge(StringBuilder out, String name, String help, Instant time) {
        String full = "botwatch_canary_" + name + "_timestamp_seconds";
        out.append(String.format(
                Locale.ROOT, "# HELP %s %s%n# TYPE %s gauge%n%s %.3f%n", full, help, full, full, time.toEpochMilli() / 1e3));
    }

    private static void counter(StringBuilder out, String name, String help, long value) {
        String full = "botwatch_canary_" + name + "_total";
        out.append(String.format("# HELP %s %s%n# TYPE %s counter%n%s %d%n", full, help, full, full, value));
    }
}
