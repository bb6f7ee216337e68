package io.botwatch.generate;

import java.util.concurrent.TimeUnit;

/** How busy an hour is, from 0 to 1, in UTC: piecewise linear between full hours; weekends at a tenth for offices. */
enum DayShape {
    /** People at work from 08 to 18 h, and machines left on. */
    OFFICE(
            .03, .03, .02, .02, .02, .03, .06, .25, .75, .95, 1, .97, .75, .85, .97, .95, .85, .60, .25, .12, .08, .06, .05,
            .04),
    /** The public, awake in several time zones. */
    PUBLIC(
            .75, .70, .68, .66, .66, .68, .72, .78, .84, .88, .92, .94, .95, .96, .97, .98, .99, 1, 1, 1, .98, .94, .88,
            .80),
    /** Automata. */
    FLAT(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);

    static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);
    private static final double WEEKEND = 0.1;

    private final double[] byHour;
    private final double hours;

    DayShape(double... byHour) {
        this.byHour = byHour;
        double sum = 0;
        for (double hour : byHour) {
            sum += hour;
        }
        hours = sum;
    }

    double at(long epochMs) {
        long inDay = Math.floorMod(epochMs, DAY_MS);
        int hour = (int) (inDay / HOUR_MS);
        double part = (inDay % HOUR_MS) / (double) HOUR_MS;
        double level = byHour[hour] + part * (byHour[(hour + 1) % 24] - byHour[hour]);
        return this == OFFICE && isWeekend(epochMs) ? level * WEEKEND : level;
    }

    /** Hours of full level that a working day amounts to. */
    double hours() {
        return hours;
    }

    static boolean isWeekend(long epochMs) {
        // 1970-01-01 was a Thursday: day 2 and 3 of each seven are Saturday and Sunday.
        long day = Math.floorMod(Math.floorDiv(epochMs, DAY_MS), 7L);
        return day == 2 || day == 3;
    }
}
