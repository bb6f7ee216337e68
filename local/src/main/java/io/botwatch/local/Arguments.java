package io.botwatch.local;

import io.botwatch.document.Durations;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.MappingDocument;
import io.botwatch.job.JobConfig;
import io.botwatch.live.LiveRulesConfig;
import io.botwatch.source.TimeRange;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;

/** Option values that several commands take, checked. */
final class Arguments {
    private Arguments() {}

    /** @param mapping null for none */
    static InputFormat format(String name, Path mapping, String zone) {
        if (mapping == null) {
            return name.equals("auto") ? InputFormat.auto(zone(zone)) : InputFormat.of(format(name), zone(zone));
        }
        if (!name.equals("auto")) {
            throw new UsageException("--mapping is a format of its own; take --format " + name + " away");
        }
        return InputFormat.mapped(MappingDocument.load(mapping), zone(zone));
    }

    private static FlowFormat format(String name) {
        try {
            return FlowFormat.named(name);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--format: " + e.getMessage());
        }
    }

    /** The value itself, if it is one that this process can serve. */
    static int parallelism(int value) {
        if (value < 1 || value > 128) {
            throw new UsageException("--parallelism " + value + " is not 1 to 128");
        }
        return value;
    }

    static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new UsageException("--zone: '" + name + "' is not a time zone such as UTC, +02:00 or Europe/Prague");
        }
    }

    /** Null for null. */
    static Instant instant(String option, String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new UsageException(option + ": '" + text + "' is not a time such as 2026-01-05T00:00:00Z");
        }
    }

    /** More than nothing, in ms. */
    static long durationMs(String option, String text) {
        long ms = Durations.parseMs(text);
        if (ms <= 0) {
            throw new UsageException(option + ": '" + text + "' is not a duration such as 60s, 5m or 24h");
        }
        return ms;
    }

    /** Where the job's rules change while it runs, if they do. */
    static LiveRulesConfig liveRules(Path configFile, JobConfig config) {
        if (config.liveRules() == null) {
            throw new UsageException(configFile + ": live_rules: missing: the job's rules do not change while it runs;"
                    + " name live_rules.topic and live_rules.results_topic, and start the job with them");
        }
        return config.liveRules();
    }

    static TimeRange range(String from, String to) {
        Instant first = instant("--from", from);
        Instant end = instant("--to", to);
        if (first != null && end != null && !first.isBefore(end)) {
            throw new UsageException("--from " + from + " is not before --to " + to);
        }
        return TimeRange.between(first, end);
    }
}
