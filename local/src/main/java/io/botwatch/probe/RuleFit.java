package io.botwatch.probe;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.dga.DgaRule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.flow.Direction;
import io.botwatch.longconnection.LongConnectionRule;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.quality.RecordQuality;
import io.botwatch.quality.SamplingNote;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.RuleSet;
import io.botwatch.volumetric.VolumetricRule;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Locale;

/**
 * Whether a feed can support a rule.
 *
 * @param type as rules spell it, e.g. {@code beacon}
 * @param reason one sentence; empty when nothing is in the way
 */
public record RuleFit(String rule, String type, Support support, String reason) {

    /** How far. */
    public enum Support {
        YES("yes"),
        LESS("with less confidence"),
        NO("no");

        private final String label;

        Support(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /** Packets of a check-in, or of a session that is passed on: the small ones are what matters. */
    private static final int PACKETS = 10;

    /** Starts must be this much finer than an interval for the interval to have a cadence. */
    private static final int STEPS_OF_A_CADENCE = 10;

    /** Starts must be this much finer than a relay's window for its order to be known. */
    private static final int STEPS_OF_AN_ORDER = 10;

    /** Pairs of which fewer are seen than this are left to chance. */
    private static final double RARELY = 0.001;

    private static final double MANY_DEAD = 0.05;
    private static final double MANY_GUESSED = 0.05;
    private static final double MANY_FUTURE = 0.01;
    private static final double MANY_WITHOUT_FLAGS = 0.5;
    private static final double MANY_ELSEWHERE = 0.5;
    private static final double MANY_REPEATED = 1.05;
    private static final long CLOCKS_APART_MS = 5_000;
    private static final int ENOUGH_RECORDS = 10;
    private static final long HOUR_MS = 3_600_000;

    static List<RuleFit> of(Feed feed) {
        List<RuleFit> fits = new ArrayList<>();
        for (BeaconRule rule : feed.rules().of(BeaconRule.class)) {
            judge(rule.info(), "beacon", new Judgement(feed).beacon(rule), fits);
        }
        for (VolumetricRule rule : feed.rules().of(VolumetricRule.class)) {
            judge(rule.info(), "volumetric", new Judgement(feed).volumetric(rule), fits);
        }
        for (RelayRule rule : feed.rules().of(RelayRule.class)) {
            judge(rule.info(), "relay", new Judgement(feed).relay(rule), fits);
        }
        for (OutboundRule rule : feed.rules().of(OutboundRule.class)) {
            judge(rule.info(), rule.type().label(), new Judgement(feed).outbound(), fits);
        }
        for (DgaRule rule : feed.rules().of(DgaRule.class)) {
            judge(rule.info(), "dga", new Judgement(feed).lookups(), fits);
        }
        for (LongConnectionRule rule : feed.rules().of(LongConnectionRule.class)) {
            judge(rule.info(), "long-connection", new Judgement(feed).longConnection(), fits);
        }
        return fits;
    }

    private static void judge(RuleInfo info, String type, Judgement judgement, List<RuleFit> fits) {
        if (!info.runs()) {
            return;
        }
        Support support = !judgement.against.isEmpty()
                ? Support.NO
                : judgement.weakening.isEmpty() ? Support.YES : Support.LESS;
        fits.add(new RuleFit(
                info.id(),
                type,
                support,
                support == Support.NO ? judgement.against.get(0) : String.join("; ", judgement.weakening)));
    }

    /** What speaks against one rule on this feed, and what weakens it. */
    private static final class Judgement {
        private final Feed feed;
        private final RecordQuality records;
        final List<String> against = new ArrayList<>();
        final List<String> weakening = new ArrayList<>();

        Judgement(Feed feed) {
            this.feed = feed;
            this.records = feed.records();
            if (records.records() == 0) {
                against.add("there is no flow in it");
            }
        }

        Judgement beacon(BeaconRule rule) {
            needs(Direction.OUTBOUND, "no connection goes from the internal networks to outside");
            // The shortest and the longest time from one check-in to the next that the rule looks for.
            double shortestMs = rule.cadence() == null ? HOUR_MS / rule.maxPerHour() : rule.cadence().minPeriodMs();
            double longestMs = rule.cadence() == null ? HOUR_MS / rule.minPerHour() : rule.cadence().maxPeriodMs();
            double most = rule.windowMs() / shortestMs;
            String sampled = sampled("a " + PACKETS + "-packet check-in is seen with probability "
                    + digits(SamplingNote.probabilitySeen(PACKETS, records.maxRate())));
            if (most * SamplingNote.probabilitySeen(PACKETS, leastRate()) < rule.minConnections()) {
                against.add(sampled + ", too rarely for " + rule.minConnections() + " of them in a window");
            } else if (records.maxRate() > 1) {
                weakening.add(sampled);
            }
            long withoutCadenceMs = (long) STEPS_OF_A_CADENCE * records.grainMs();
            if (records.grainMs() > 1) {
                String why = grain() + ": beacons under " + time(withoutCadenceMs) + " have no cadence";
                (withoutCadenceMs > longestMs ? against : weakening).add(why);
            }
            countsConnections();
            return this;
        }

        Judgement outbound() {
            needs(Direction.OUTBOUND, "no connection goes from the internal networks to outside");
            if (records.maxRate() > 1) {
                weakening.add(sampled("numbers of flows and destinations are lower bounds"));
            }
            doubts();
            return this;
        }

        /** It needs no flow. */
        Judgement lookups() {
            against.clear();
            if (feed.lookups() == 0) {
                against.add("there is no DNS record in it");
            }
            return this;
        }

        Judgement longConnection() {
            needs(Direction.OUTBOUND, "no connection goes from the internal networks to outside");
            countsConnections();
            return this;
        }

        Judgement volumetric(VolumetricRule rule) {
            needs(Direction.INBOUND, "no connection goes from outside to the internal networks");
            if (records.maxRate() > 1) {
                weakening.add(sampled("numbers of sources and connections are lower bounds"));
            }
            if (records.grainMs() > rule.windowMs()) {
                against.add(grain() + ": longer than the window of " + time(rule.windowMs()));
            }
            doubts();
            return this;
        }

        Judgement relay(RelayRule rule) {
            needs(Direction.INBOUND, "no connection goes from outside to the internal networks");
            needs(Direction.OUTBOUND, "no connection goes from the internal networks to outside");
            if ((long) STEPS_OF_AN_ORDER * records.grainMs() > rule.windowMs()) {
                against.add(grain() + ": what came first within " + time(rule.windowMs()) + " is not known");
            } else if (records.grainMs() > 1) {
                weakening.add(grain() + ": what came first within " + time(records.grainMs()) + " is not known");
            }
            if (records.maxRate() > 1) {
                (bothSeen(leastRate()) < RARELY ? against : weakening)
                        .add(sampled("both sides of a relayed session of " + PACKETS + " packets are seen with probability "
                                + digits(bothSeen(records.maxRate()))));
            }
            LongSummaryStatistics skews = feed.exporters().stream()
                    .filter(exporter -> exporter.records().exportTimed() >= ENOUGH_RECORDS)
                    .mapToLong(exporter -> exporter.records().skew().medianMs())
                    .summaryStatistics();
            if (skews.getCount() > 1 && skews.getMax() - skews.getMin() > CLOCKS_APART_MS) {
                weakening.add("exporters export " + time(skews.getMax() - skews.getMin())
                        + " apart after a flow's end: their clocks may differ");
            }
            countsConnections();
            return this;
        }

        private void needs(Direction direction, String otherwise) {
            if (records.records() == 0 || feed.connections(direction) > 0) {
                return;
            }
            long known = feed.connections(Direction.OUTBOUND)
                    + feed.connections(Direction.INBOUND)
                    + feed.connections(Direction.LATERAL);
            against.add(
                    known > 0 ? otherwise : "no connection has an end in the internal networks: name yours with --internal");
        }

        private void countsConnections() {
            double guessed = Feed.share(feed.connections().guessed(), feed.connections().connections());
            if (guessed >= MANY_GUESSED) {
                weakening.add("who began " + percent(guessed) + " of connections is a guess");
            }
            double withoutFlags = Feed.share(records.withoutFlags(), records.tcp());
            if (withoutFlags >= MANY_WITHOUT_FLAGS && records.bothDirections() < records.records()) {
                weakening.add(percent(withoutFlags) + " of TCP records have no flags: only ports and times tell connections apart");
            }
            double repeated = feed.connections().splitRatio() * feed.connections().duplicateRatio();
            if (feed.rules().preset() == RuleSet.Preset.AQL && repeated >= MANY_REPEATED) {
                weakening.add("preset aql counts records, and a direction of a connection is "
                        + String.format(Locale.ROOT, "%.2f", repeated) + " of them");
            }
            doubts();
        }

        private void doubts() {
            double dead = Feed.share(feed.deadRecords(), feed.deadRecords() + records.records());
            if (dead >= MANY_DEAD) {
                weakening.add(percent(dead) + " of it cannot be decoded");
            }
            double ahead = Feed.share(feed.ahead(), records.records());
            if (ahead >= MANY_FUTURE) {
                weakening.add(percent(ahead) + " of flows start in the future of the clock: a live job refuses them");
            }
            double transit = Feed.share(feed.connections(Direction.TRANSIT), feed.connections().connections());
            if (transit >= MANY_ELSEWHERE) {
                weakening.add(percent(transit) + " of connections have no end in the internal networks: name yours with --internal");
            }
            double future = Feed.share(records.future(), records.exportTimed());
            if (future >= MANY_FUTURE) {
                weakening.add(percent(future) + " of records start after they were exported: times are wrong");
            }
        }

        /** The rate of the exporters that sample least, 1 in N. */
        private int leastRate() {
            return records.sampled() < records.records() ? 1 : records.minRate();
        }

        private static double bothSeen(int rate) {
            return Math.pow(SamplingNote.probabilitySeen(PACKETS, rate), 2);
        }

        private String sampled(String effect) {
            String rate = leastRate() > 1
                    ? "sampled 1 in " + records.maxRate()
                    : percent(Feed.share(records.sampled(), records.records())) + " of records are sampled, up to 1 in "
                            + records.maxRate();
            return rate + ": " + effect;
        }

        private String grain() {
            return records.grainMs() == 1_000
                    ? "starts are whole seconds"
                    : "starts are in bins of " + time(records.grainMs());
        }

        private static String time(long ms) {
            return ms % 60_000 == 0 && ms > 300_000 ? ms / 60_000 + " min" : Math.round(ms / 1_000.0) + " s";
        }

        private static String percent(double share) {
            return String.format(Locale.ROOT, "%.1f %%", 100 * share);
        }

        private static String digits(double probability) {
            return String.format(Locale.ROOT, probability < 0.1 ? "%.2g" : "%.2f", probability);
        }
    }
}
