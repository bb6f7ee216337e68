package io.botwatch.document;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as rule files write them: {@code 500ms}, {@code 300s}, {@code 5m}, {@code 24h}, {@code 7d}, or ISO-8601. */
public final class Durations {
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Durations() {}

    /** Milliseconds; -1 when the text is not a duration, is negative, or is more than 292 million years. */
    public static long parseMs(String text) {
        Matcher matcher = SHORT.matcher(text);
        if (matcher.matches()) {
            return Long.parseLong(matcher.group(1)) * unitMs(matcher.group(2));
        }
        if (text.length() > 40 || !text.startsWith("P")) {
            return -1;
        }
        try {
            return Math.max(-1, Duration.parse(text).toMillis());
        } catch (DateTimeException | ArithmeticException e) {
            return -1;
        }
    }

    private static long unitMs(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
    }

    /** In the largest unit that divides it. */
    public static String format(long ms) {
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            if (ms != 0 && ms % unitMs(unit) == 0) {
                return ms / unitMs(unit) + unit;
            }
        }
        return ms == 0 ? "0s" : ms + "ms";
    }
}
