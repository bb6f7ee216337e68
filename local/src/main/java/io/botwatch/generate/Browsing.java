package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;

/** People reading the web: pages, each a burst of name lookups and connections to its site and to third parties. */
final class Browsing extends Actor {
    private static final int MOST_SITES = 7;
    private static final double LOOKED_UP = 0.7;
    private static final double LONG_TAIL = 0.03;
    private static final double QUIC = 0.2;

    private final ArrivalClock pages;
    private final Internet internet;
    private final Address v4;
    private final Address v6;
    private final Address[] resolvers;

    // The page being loaded: at most a lookup and two connections a site.
    private final long[] startMs = new long[3 * MOST_SITES];
    private final int[] site = new int[3 * MOST_SITES];
    private final boolean[] lookup = new boolean[3 * MOST_SITES];
    private int events;
    private int next;

    /**
     * @param v6 null when the host has no IPv6
     * @param pagesPerDay on a working day, on average
     */
    Browsing(
            Dice dice,
            long startMs,
            long endMs,
            Internet internet,
            Address v4,
            Address v6,
            Address[] resolvers,
            double pagesPerDay) {
        super(dice);
        this.internet = internet;
        this.v4 = v4;
        this.v6 = v6;
        this.resolvers = resolvers;
        pages = new ArrivalClock(dice, endMs, DayShape.OFFICE, pagesPerDay);
        openPage(startMs);
    }

    private void openPage(long fromMs) {
        long at = pages.after(fromMs);
        events = 0;
        next = 0;
        nextMs = at;
        if (at == NEVER) {
            return;
        }
        int sites = 1;
        while (sites < MOST_SITES && dice.chance(0.62)) {
            sites++;
        }
        for (int i = 0; i < sites; i++) {
            int target = internet.site(dice);
            if (dice.chance(LOOKED_UP)) {
                add(at, target, true);
                at += dice.between(2, 60);
            }
            add(at, target, false);
            if (dice.chance(0.4)) {
                at += dice.between(0, 30);
                add(at, target, false);
            }
            at += dice.between(5, 300);
        }
    }

    private void add(long atMs, int target, boolean isLookup) {
        startMs[events] = atMs;
        site[events] = target;
        lookup[events] = isLookup;
        events++;
    }

    @Override
    void emit(Flow flow) {
        if (lookup[next]) {
            ends(flow, v4, resolvers[dice.chance(0.8) ? 0 : resolvers.length - 1], 53);
            udp(flow, 1, dice.between(28, 60), dice.chance(0.65) ? dice.between(0, 2) : dice.between(8, 90));
        } else {
            connect(flow, site[next]);
        }
        next++;
        if (next < events) {
            nextMs = startMs[next];
        } else {
            openPage(flow.startMs);
        }
    }

    private void connect(Flow flow, int target) {
        if (dice.chance(LONG_TAIL)) {
            ends(flow, v4, Internet.address(dice), 443);
            webRequest(flow);
            return;
        }
        Address targetV6 = internet.v6(target);
        int port = internet.port(target);
        if (v6 != null && targetV6 != null) {
            ends(flow, v6, targetV6, port);
        } else {
            ends(flow, v4, internet.v4(target), port);
        }
        if (port == 443 && dice.chance(QUIC)) {
            long packets = Math.min(20_000, Math.round(dice.logNormal(16, 0.9)) + 4);
            long durationMs = Math.min(110_000, Math.round(dice.logNormal(4_000, 1.3)));
            udp(flow, packets, 2_400 + 60 * packets, durationMs);
        } else {
            webRequest(flow);
        }
    }
}
