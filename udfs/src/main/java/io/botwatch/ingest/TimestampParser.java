package io.botwatch.ingest;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;

/**
 * Times as flow tools write them, to epoch milliseconds rounded down.
 *
 * <p>Epoch numbers in any unit, with or without a fraction; and dates {@code yyyy-MM-dd} or {@code yyyy/MM/dd}, then
 * {@code T} or a blank, {@code HH:mm:ss}, a fraction of any length, and {@code Z}, {@code +HH}, {@code +HHmm} or
 * {@code +HH:mm}. Dates without a zone are in the zone given. Reusable, not thread-safe.
 */
final class TimestampParser {
    /** Not a time. */
    static final long BAD = Long.MIN_VALUE;

    /** A date of all zeros: what a tool writes when it has no time to give. */
    static final long ABSENT = Long.MIN_VALUE + 1;

    private static final int DATE_AND_TIME = "yyyy-MM-ddTHH:mm:ss".length();
    private static final int[] DAYS_BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    private static final int DAYS_TO_1970 = 719_528;
    private static final int SECONDS_PER_DAY = 86_400;

    /** Null when the zone has one offset for ever. */
    private final ZoneRules rules;

    private final int fixedOffsetSeconds;

    /** The last local second that was looked up in {@link #rules}: flows of one second come together. */
    private long cachedLocal = Long.MIN_VALUE;

    private int cachedOffset;

    /** Records of one day come together, and the calendar is most of the work: the day computed last. */
    private int cachedDate = -1;

    private long cachedDay;

    /** @param zone of dates that name none */
    TimestampParser(ZoneId zone) {
        ZoneRules zoneRules = zone.getRules();
        if (zoneRules.isFixedOffset()) {
            rules = null;
            fixedOffsetSeconds = zoneRules.getOffset(LocalDateTime.MIN).getTotalSeconds();
        } else {
            rules = zoneRules;
            fixedOffsetSeconds = 0;
        }
    }

    /**
     * @param unit of epoch numbers; dates say their own
     * @return epoch milliseconds, {@link #BAD} or {@link #ABSENT}
     */
    long parse(byte[] text, int from, int to, EpochUnit unit) {
        if (to - from >= DATE_AND_TIME && (text[from + 4] == '-' || text[from + 4] == '/')) {
            return date(text, from, to);
        }
        return DecimalText.millis(text, from, to, unit);
    }

    private long date(byte[] text, int from, int to) {
        byte separator = text[from + 4];
        int year = two(text, from) * 100 + two(text, from + 2);
        int month = two(text, from + 5);
        int day = two(text, from + 8);
        int hour = two(text, from + 11);
        int minute = two(text, from + 14);
        int second = two(text, from + 17);
        byte between = text[from + 10];
        // two() is very negative for what is no digit, and so is every sum with it
        if ((year | month | day | hour | minute | second) < 0
                || text[from + 7] != separator
                || (between != ' ' && between != 'T' && between != 't')
                || text[from + 13] != ':'
                || text[from + 16] != ':'
                || hour > 23
                || minute > 59
                || second > 60) { // 60 in a leap second
            return BAD;
        }
        boolean zero = (year | month | day) == 0;
        if (!zero && (month < 1 || month > 12 || day < 1 || day > daysIn(year, month))) {
            return BAD;
        }
        int i = from + DATE_AND_TIME;
        int millis = 0;
        if (i < to && (text[i] == '.' || text[i] == ',')) {
            int unit = 100;
            int first = ++i;
            for (; i < to && text[i] >= '0' && text[i] <= '9'; i++) {
                millis += (text[i] - '0') * unit;
                unit /= 10;
            }
            if (i == first) {
                return BAD;
            }
        }
        long local = (zero ? 0 : epochDay(year, month, day)) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
        int offset = i == to ? zoneOffset(local) : writtenOffset(text, i, to);
        if (offset == Integer.MIN_VALUE) {
            return BAD;
        }
        return zero ? ABSENT : (local - offset) * 1000 + millis;
    }

    private static int two(byte[] text, int at) {
        int tens = text[at] - '0';
        int ones = text[at + 1] - '0';
        return (tens | ones) < 0 || tens > 9 || ones > 9 ? -1_000_000 : tens * 10 + ones;
    }

    private static int daysIn(int year, int month) {
        return month == 2 && leap(year) ? 29 : DAYS_BEFORE_MONTH[month] - DAYS_BEFORE_MONTH[month - 1];
    }

    private static boolean leap(int year) {
        return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    private long epochDay(int year, int month, int day) {
        int date = year << 9 | month << 5 | day;
        if (date != cachedDate) {
            // leap days of all years before this one, the year 0 among them
            int before = year - 1;
            int leapDays = year == 0 ? 0 : before / 4 - before / 100 + before / 400 + 1;
            int days = 365 * year + leapDays + DAYS_BEFORE_MONTH[month - 1] + (month > 2 && leap(year) ? 1 : 0) + day - 1;
            cachedDay = days - DAYS_TO_1970;
            cachedDate = date;
        }
        return cachedDay;
    }

    /** Seconds east of UTC from {@code Z}, {@code +HH}, {@code +HHmm} or {@code +HH:mm}; MIN_VALUE when it is none. */
    private static int writtenOffset(byte[] text, int from, int to) {
        byte sign = text[from];
        int length = to - from;
        if (length == 1 && (sign == 'Z' || sign == 'z')) {
            return 0;
        }
        if ((sign != '+' && sign != '-') || (length != 3 && length != 5 && (length != 6 || text[from + 3] != ':'))) {
            return Integer.MIN_VALUE;
        }
        int hours = two(text, from + 1);
        int minutes = length == 3 ? 0 : two(text, to - 2);
        if (hours < 0 || minutes < 0 || hours > 18 || minutes > 59) {
            return Integer.MIN_VALUE;
        }
        int seconds = hours * 3600 + minutes * 60;
        return sign == '-' ? -seconds : seconds;
    }

    /** As java.time has it: a local time that a change skips is moved on, one that it repeats is the first. */
    private int zoneOffset(long localSeconds) {
        if (rules == null) {
            return fixedOffsetSeconds;
        }
        if (localSeconds != cachedLocal) {
            LocalDateTime local = LocalDateTime.ofEpochSecond(localSeconds, 0, ZoneOffset.UTC);
            cachedOffset = rules.getOffset(local).getTotalSeconds();
            cachedLocal = localSeconds;
        }
        return cachedOffset;
    }
}
