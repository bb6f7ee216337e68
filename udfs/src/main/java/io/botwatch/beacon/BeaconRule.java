package io.botwatch.beacon;

import io.botwatch.document.Durations;
import io.botwatch.document.Section;
import io.botwatch.network.Network;
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
 * @param minPerHour connections an hour, at least
 * @param maxPerHour connections an hour, at most
 * @param excludedPorts destination ports that are left out
 * @param excludedDestinations destination networks that are left out
 */
public record BeaconRule(
        RuleInfo info,
        long windowMs,
        long slideMs,
        int minConnections,
        int minDurationMinutes,
        double minPerHour,
        double maxPerHour,
        List<Integer> excludedPorts,
        List<Network> excludedDestinations)
        implements Rule {

    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60_000;
    private static final int MAX_SLIDES = 2_016;
    private static final int MAX_PER_HOUR = 3_600_000;

    public static BeaconRule read(RuleReader rule) {
        rule.allow();
        Section window = rule.window("size", "slide");
        long size = window.durationMs("size", SECOND_MS, RuleReader.MAX_WINDOW_MS);
        long slide = window.durationMs("slide", SECOND_MS, RuleReader.MAX_WINDOW_MS);
        checkSlides(window, size, slide);
        Section condition = rule.condition("min_connections", "min_duration", "rate_per_hour");
        int minConnections = condition.count("min_connections", 1, RuleReader.MAX_COUNT);
        long minDuration = condition.durationMs("min_duration", MINUTE_MS, RuleReader.MAX_WINDOW_MS);
        if (minDuration % MINUTE_MS > 0) {
            condition.problem("min_duration", Durations.format(minDuration) + " is not whole minutes");
        } else if (minDuration > 0 && size > 0 && minDuration > size) {
            condition.problem(
                    "min_duration", Durations.format(minDuration) + " is above window.size " + Durations.format(size));
        }
        Section rate = condition.section("rate_per_hour").allow("min", "max");
        double minPerHour = rate.decimal("min", 0, MAX_PER_HOUR);
        double maxPerHour = rate.decimal("max", 0, MAX_PER_HOUR);
        if (minPerHour > maxPerHour) {
            rate.problem("min", number(minPerHour) + " is above max " + number(maxPerHour));
        }
        Section filter = rule.filter("outbound", "dst_port_not", "dst_not");
        return new BeaconRule(
                rule.info(),
                size,
                slide,
                minConnections,
                (int) TimeUnit.MILLISECONDS.toMinutes(minDuration),
                minPerHour,
                maxPerHour,
                rule.ports(filter, "dst_port_not", false),
                rule.networks(filter, "dst_not"));
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
}
