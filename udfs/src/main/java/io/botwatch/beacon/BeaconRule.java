package io.botwatch.beacon;

import io.botwatch.cadence.BeaconScore;
import io.botwatch.document.Durations;
import io.botwatch.document.Section;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleReader;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * When regular outbound connections to one service are a beacon.
 *
 * @param windowMs length of the sliding window, ms; a multiple of {@code slideMs}
 * @param slideMs ms between two windows' ends
 * @param minConnections connections in the window, at least
 * @param minDurationMinutes whole minutes between first and last connection, at least
 * @param minPerHour connections an hour, at least; 0 where the rate does not matter
 * @param maxPerHour connections an hour, at most; infinite where the rate does not matter
 * @param cadence how regular they must be; null where only their number counts
 * @param suspects destination networks that something besides the flows speaks against
 * @param excludedPorts destination ports that are left out
 * @param excludedDestinations destination networks that are left out
 * @param excludedSourceRoles declared roles whose hosts are left out as sources
 * @param excludedDestinationRoles declared roles whose hosts are left out as destinations
 */
public record BeaconRule(
        RuleInfo info,
        long windowMs,
        long slideMs,
        int minConnections,
        int minDurationMinutes,
        double minPerHour,
        double maxPerHour,
        CadenceCondition cadence,
        NetworkSet suspects,
        List<Integer> excludedPorts,
        NetworkSet excludedDestinations,
        List<Role> excludedSourceRoles,
        List<Role> excludedDestinationRoles)
        implements Rule {

    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final int MAX_SLIDES = 2_016;
    private static final int MAX_PER_HOUR = 3_600_000;

    /** Slides between two looks at a cadence that has settled, and the share of the window that they may be at most. */
    private static final int REST_SLIDES = 12;

    private static final int REST_SHARE = 5;

    /** The share of a window in which a cadence settles. */
    private static final int SETTLED_SHARE = 4;

    public static BeaconRule read(RuleReader rule) {
        rule.allow();
        Section window = rule.window("size", "slide");
        long size = window.durationMs("size", SECOND_MS, RuleReader.MAX_WINDOW_MS);
        long slide = window.durationMs("slide", SECOND_MS, RuleReader.MAX_WINDOW_MS);
        checkSlides(window, size, slide);
        Section condition = rule.condition("min_connections", "min_duration", "rate_per_hour", "score", "period", "suspects");
        CadenceCondition cadence = condition.has("score") ? cadence(condition, window, slide) : null;
        double minPerHour = 0;
        double maxPerHour = Double.POSITIVE_INFINITY;
        if (cadence == null || condition.has("rate_per_hour")) {
            Section rate = condition.section("rate_per_hour").allow("min", "max");
            minPerHour = rate.decimal("min", 0, MAX_PER_HOUR);
            maxPerHour = rate.decimal("max", 0, MAX_PER_HOUR);
            if (minPerHour > maxPerHour) {
                rate.problem("min", number(minPerHour) + " is above max " + number(maxPerHour));
            }
        }
        Section filter = rule.filter("outbound", "dst_port_not", "dst_not", "src_role_not", "dst_role_not");
        return new BeaconRule(
                rule.info(),
                size,
                slide,
                condition.count("min_connections", 1, RuleReader.MAX_COUNT),
                minutes(condition, size),
                minPerHour,
                maxPerHour,
                cadence,
                rule.networks(condition, "suspects"),
                rule.ports(filter, "dst_port_not", false),
                rule.networks(filter, "dst_not"),
                rule.roles(filter, "src_role_not"),
                rule.roles(filter, "dst_role_not"));
    }

    private static int minutes(Section condition, long windowMs) {
        long minDuration = condition.durationMs("min_duration", MINUTE_MS, RuleReader.MAX_WINDOW_MS);
        if (minDuration % MINUTE_MS > 0) {
            condition.problem("min_duration", Durations.format(minDuration) + " is not whole minutes");
        } else if (minDuration > 0 && windowMs > 0 && minDuration > windowMs) {
            condition.problem(
                    "min_duration",
                    Durations.format(minDuration) + " is above window.size " + Durations.format(windowMs));
        }
        return (int) TimeUnit.MILLISECONDS.toMinutes(minDuration);
    }

    private static CadenceCondition cadence(Section condition, Section window, long slideMs) {
        if (slideMs > CheckIns.MAX_SLIDE_MS) {
            window.problem(
                    "slide",
                    Durations.format(slideMs) + " is above " + Durations.format(HOUR_MS)
                            + ", the most that a rule with a score can have");
        }
        double gte = condition.section("score").allow("gte").decimal("gte", 0, 1);
        Section period = condition.section("period").allow("min", "max");
        long min = period.durationMs("min", SECOND_MS, RuleReader.MAX_WINDOW_MS);
        long max = period.durationMs("max", SECOND_MS, RuleReader.MAX_WINDOW_MS);
        if (min > 0 && max > 0 && min >= max) {
            period.problem("min", Durations.format(min) + " is not below max " + Durations.format(max));
        }
        return new CadenceCondition(gte, min, max);
    }

    private static void checkSlides(Section window, long size, long slide) {
        if (size <= 0 || slide <= 0) {
            return;
        }
        if (size % slide != 0) {
            window.problem("size", Durations.format(size) + " is not a multiple of slide " + Durations.format(slide));
        } else if (size / slide > MAX_SLIDES) {
            window.problem(
                    "size",
                    Durations.format(size) + " is " + size / slide + " slides of " + Durations.format(slide)
                            + ", at most " + MAX_SLIDES);
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /**
     * After so much time in a window, ms, the score of a cadence hardly changes any more; {@link Long#MAX_VALUE} where it is never
     * left alone: it takes as long to find it once more as to find it.
     */
    long settledMs() {
        long settledMs = Math.max(BeaconScore.PRESENT_MS, windowMs / SETTLED_SHARE);
        return cadence == null || settledMs > windowMs ? Long.MAX_VALUE : settledMs;
    }

    /** What has settled is looked at where windows end at a multiple of this, ms. */
    long restMs() {
        return Math.max(1, Math.min(REST_SLIDES, windowMs / slideMs / REST_SHARE)) * slideMs;
    }

    @Override
    public String structure() {
        return windowMs + " " + slideMs + (cadence == null ? "" : " cadence");
    }
}
