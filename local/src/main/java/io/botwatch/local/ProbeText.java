package io.botwatch.local;

import io.botwatch.flow.Direction;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.probe.Feed;
import io.botwatch.probe.RuleFit;
import io.botwatch.quality.ConnectionQuality;
import io.botwatch.quality.RecordQuality;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a probe found, for a person. */
final class ProbeText {
    private static final int EXPORTERS = 20;
    private static final int INPUTS = 5;

    /** Export so long after a flow's end is none by a clock that is right. */
    private static final long FAR_MS = 3_600_000;

    private final PrintStream out;

    ProbeText(PrintStream out) {
        this.out = out;
    }

    void print(List<ProbedInput> inputs, Feed feed) {
        inputs(inputs);
        RecordQuality records = feed.records();
        line("flows", count(records.records()) + (feed.notIp() > 0 ? ", and " + count(feed.notIp()) + " records not IP" : "")
                + (feed.lookups() > 0 ? ", and " + count(feed.lookups()) + " lookups of names" : ""));
        line("dead letters", dead(feed));
        if (records.records() > 0) {
            records(feed, records);
            connections(feed, feed.connections());
            exporters(feed);
        }
        rules(feed);
    }

    private void inputs(List<ProbedInput> inputs) {
        String told = "";
        for (ProbedInput input : inputs.subList(0, Math.min(INPUTS, inputs.size()))) {
            line("input", input.name() + ": " + input.format() + ", " + amount(input));
            if (!input.reason().equals(told)) {
                told = input.reason();
                line("", told);
            }
        }
        Map<String, Long> more = new TreeMap<>();
        inputs.stream().skip(INPUTS).forEach(input -> more.merge(input.format(), 1L, Long::sum));
        more.forEach((format, files) -> line("", "and " + files + " more of " + format));
    }

    private static String amount(ProbedInput input) {
        return count(input.records()) + " records" + (input.whole() ? "" : " of more");
    }

    private void records(Feed feed, RecordQuality records) {
        line(
                "time",
                Instant.ofEpochMilli(records.firstMs()) + " to " + Instant.ofEpochMilli(records.lastMs()) + ", "
                        + time((double) records.lastMs() - records.firstMs()));
        if (feed.ahead() > 0) {
            line("", percent(feed.ahead(), records.records()) + " start in the future of the clock: a live job refuses them");
        }
        line("sampling", sampling(records));
        line(
                "lateness",
                "half within " + time(records.latenessMs().quantile(0.5)) + ", 99 % within "
                        + time(records.latenessMs().quantile(0.99)) + ", all within " + time(records.latenessMs().max()));
        line(
                "",
                "max_out_of_orderness: " + feed.maxOutOfOrdernessMs() / 1_000 + "s on Kafka"
                        + (feed.wouldBeLate() > 0 ? ", by which " + count(feed.wouldBeLate()) + " of these are late" : ""));
        line(
                "durations",
                "half within " + time(records.durationsMs().quantile(0.5)) + ", longest "
                        + time(records.durationsMs().max()) + ", " + percent(records.zeroDuration(), records.records())
                        + " of none");
        line(
                "active timeout",
                activeTimeout(records));
        line("start times", grain(records) + " (" + percent(records.startsAtSecond(), records.records())
                + " at whole seconds, ends " + percent(records.endsAtSecond(), records.records()) + ")");
        line("export times", exportTimes(records));
        line(
                "TCP flags",
                records.tcp() == 0
                        ? "no TCP"
                        : "missing in " + percent(records.withoutFlags(), records.tcp()) + " of " + count(records.tcp())
                                + " TCP records");
    }

    private void connections(Feed feed, ConnectionQuality connections) {
        line("connections", count(connections.connections()) + " of " + count(connections.records()) + " records");
        line(
                "  split",
                count(connections.pieces()) + " pieces, " + ratio(connections.splitRatio())
                        + " records to each direction of a connection");
        line(
                "  copies",
                count(connections.copies()) + " from another exporter, " + percent(connections.copies(), connections.records())
                        + " of records");
        line(
                "  one way",
                percent(connections.oneWay(), connections.connections()) + " have one direction only; "
                        + percent(connections.replyOnly(), connections.connections()) + " replies only");
        line("  initiator", "guessed for " + percent(connections.guessed(), connections.connections()));
        line(
                "  direction",
                "outbound " + count(feed.connections(Direction.OUTBOUND)) + ", inbound "
                        + count(feed.connections(Direction.INBOUND)) + ", lateral "
                        + count(feed.connections(Direction.LATERAL)) + ", transit "
                        + count(feed.connections(Direction.TRANSIT)));
    }

    private void exporters(Feed feed) {
        out.println();
        int width = feed.exporters().stream().limit(EXPORTERS).mapToInt(each -> each.name().length()).max().orElse(0);
        String row = "%-" + Math.max(8, width) + "s  %9s  %8s  %5s  %7s  %7s  %8s  %7s  %9s  %9s  %9s%n";
        out.printf(
                row, "EXPORTER", "RECORDS", "SAMPLING", "SPLIT", "COPIES", "ONE-WAY", "NO-FLAGS", "GRAIN", "TIMEOUT",
                "LATE-P99", "SKEW");
        for (Feed.Exporter exporter : feed.exporters().subList(0, Math.min(EXPORTERS, feed.exporters().size()))) {
            RecordQuality records = exporter.records();
            ConnectionQuality connections = exporter.connections();
            out.printf(
                    row,
                    exporter.name(),
                    count(records.records()),
                    records.sampled() == 0 ? "-" : "1:" + records.maxRate(),
                    ratio(connections.splitRatio()),
                    percent(connections.copies(), connections.records()),
                    percent(connections.oneWay(), connections.connections()),
                    records.tcp() == 0 ? "-" : percent(records.withoutFlags(), records.tcp()),
                    records.grainMs() == 1 ? "-" : time(records.grainMs()),
                    records.activeTimeoutMs() == 0 ? "-" : time(records.activeTimeoutMs()),
                    time(records.latenessMs().quantile(0.99)),
                    records.exportTimed() == 0 ? "-" : time(records.skew().medianMs()));
        }
        if (feed.exporters().size() > EXPORTERS) {
            long rest = feed.exporters().stream().skip(EXPORTERS).mapToLong(each -> each.records().records()).sum();
            out.printf("and %d more with %s records%n", feed.exporters().size() - EXPORTERS, count(rest));
        }
    }

    private void rules(Feed feed) {
        out.println();
        int width = feed.ruleFits().stream().mapToInt(fit -> fit.rule().length()).max().orElse(0);
        for (RuleFit fit : feed.ruleFits()) {
            out.printf(
                    "%-" + Math.max(16, width) + "s  %-10s  %s%s%n",
                    fit.rule(),
                    fit.type(),
                    fit.support().label(),
                    fit.reason().isEmpty() ? "" : ": " + fit.reason());
        }
    }

    private void line(String name, String text) {
        out.printf("%-16s  %s%n", name, text);
    }

    private static String dead(Feed feed) {
        StringBuilder text = new StringBuilder(count(feed.deadRecords()));
        for (Map.Entry<Reason, Long> reason : feed.dead().entrySet()) {
            text.append(", ").append(reason.getKey().name().toLowerCase(Locale.ROOT)).append(' ').append(count(reason.getValue()));
        }
        return text.toString();
    }

    private static String sampling(RecordQuality records) {
        if (records.sampled() == 0) {
            return "none known; if your exporters sample, configure source.sampling";
        }
        return "1 in " + records.minRate() + (records.maxRate() > records.minRate() ? " to " + records.maxRate() : "") + ", "
                + percent(records.sampled(), records.records()) + " of records";
    }

    private static String activeTimeout(RecordQuality records) {
        if (records.activeTimeoutMs() > 0) {
            return "about " + time(records.activeTimeoutMs()) + ", where durations pile up";
        }
        return records.bothDirections() == records.records()
                ? "none: records are connections"
                : "not seen, at least " + time(records.durationsMs().max());
    }

    private static String grain(RecordQuality records) {
        return records.grainMs() == 1 ? "finer than seconds" : "in steps of " + time(records.grainMs());
    }

    private static String exportTimes(RecordQuality records) {
        if (records.exportTimed() == 0) {
            return "none in this format";
        }
        return "half within " + time(records.skew().medianMs()) + " of a flow's end, least "
                + time(records.skew().minMs()) + "; " + percent(records.future(), records.exportTimed())
                + " of flows start after their export"
                + (Math.abs(records.skew().medianMs()) > FAR_MS ? "; it is a replay, or a clock is wrong" : "");
    }

    private static String count(long n) {
        return Progress.count(n);
    }

    private static String ratio(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static String percent(long part, long whole) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * Feed.share(part, whole));
    }

    private static String time(double ms) {
        double size = Math.abs(ms);
        return size < 1_000
                ? Math.round(ms) + " ms"
                : size < 600_000
                        ? decimals(ms / 1_000) + " s"
                        : size < 36_000_000
                                ? decimals(ms / 60_000) + " min"
                                : size < 864_000_000 ? decimals(ms / 3_600_000) + " h" : decimals(ms / 86_400_000) + " d";
    }

    private static String decimals(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 && value != Math.rint(value) ? "%.1f" : "%.0f", value);
    }
}
