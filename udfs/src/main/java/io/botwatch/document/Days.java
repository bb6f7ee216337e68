package io.botwatch.document;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Times at which something ends, as documents spell them. */
public final class Days {
    private static final int DAY = "2026-12-31".length();

    private Days() {}

    /**
     * Epoch ms of a day, which counts from its beginning in UTC, or of a time in ISO-8601.
     *
     * @throws DateTimeException naming the text
     */
    public static long parseMs(String text) {
        try {
            return text.length() == DAY
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli()
                    : Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new DateTimeException(
                    Problems.quote(text) + " is not a day such as 2026-12-31 or a time such as 2026-12-31T12:00:00Z");
        }
    }
}
