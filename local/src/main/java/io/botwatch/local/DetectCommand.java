package io.botwatch.local;

import io.botwatch.embedded.Detection;
import io.botwatch.embedded.Spool;
import io.botwatch.finding.FinalFindings;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingFormat;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.FindingWriter;
import io.botwatch.finding.FlatView;
import io.botwatch.finding.HostRisk;
import io.botwatch.finding.Severity;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.Topology;
import io.botwatch.metric.Tally;
import io.botwatch.rule.RuleSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.flink.api.common.JobExecutionResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch detect}: files in, findings out, on an embedded cluster. */
@Command(
        name = "detect",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Finds botnet hosts in flow files.",
            "Prints one line per finding; with --out they go to a file. Input files are never changed."
        })
final class DetectCommand implements Callable<Integer> {
    /** Dead letters of a reason that are written: a file of nothing but garbage must not be written a second time. */
    private static final int DEAD_LETTERS = 100_000;

    private static final int PRINTED_BESIDE_A_FILE = 100;
    private static final int RISKY_HOSTS = 10;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE|FOLDER|GLOB|-",
            description = "flow files, also .gz and .zst; folders are searched; - is standard input")
    private List<String> inputs;

    @Mixin
    private FormatOptions formatOptions;

    @Mixin
    private RuleOptions ruleOptions;

    @Option(names = "--from", paramLabel = "TIME", description = "first flow start that counts, ISO-8601, e.g. 2026-01-05T00:00:00Z")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "flow start before which flows count, ISO-8601")
    private String to;

    @Option(names = "--out", paramLabel = "FILE", description = "writes findings to this file (- prints them in full), final states only")
    private String out;

    @Option(names = "--as", defaultValue = "ocsf", paramLabel = "FORMAT", description = "ocsf (default): OCSF 1.8.0, JSON lines; ecs: ECS 9.4, JSON lines; leef: LEEF 2.0; csv: the flat view")
    private FindingFormat as;

    @Option(names = "--show-suppressed", description = "shows what exceptions keep back as well, with the exception; else it is only counted")
    private boolean showSuppressed;

    @Option(names = "--show-shadow", description = "shows what shadow rules find as well; else it is only counted")
    private boolean showShadow;

    @Option(names = "--dead", paramLabel = "FILE", description = "writes undecodable and late records to this file, JSON lines, at most 100 000 of a reason; replay-dead feeds them again")
    private Path deadFile;

    @Mixin
    private TreatmentOptions treatmentOptions;

    @Option(names = "--force", description = "replaces output files that exist")
    private boolean force;

    @Option(names = "--parallelism", paramLabel = "N", description = "default: the number of cores")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    private final PrintStream messages = System.err;

    @Override
    public Integer call() throws Exception {
        Arguments.parallelism(parallelism);
        InputFormat inputFormat = formatOptions.load();
        TimeRange range = Arguments.range(from, to);
        Treatment treatment = treatmentOptions.load();
        RuleSet rules = ruleOptions.load();
        boolean toFile = out != null && !out.equals("-");
        try (OutputFile file = toFile ? new OutputFile(Path.of(out), force) : null;
                OutputFile dead = deadFile == null ? null : new OutputFile(deadFile, force);
                InputFiles files = InputFiles.of(inputs, inputFormat, messages);
                Scratch scratch = new Scratch()) {
            run(files, inputFormat, range, treatment, rules, file, dead, scratch);
        }
        return 0;
    }

    private void run(
            InputFiles files,
            InputFormat inputFormat,
            TimeRange range,
            Treatment treatment,
            RuleSet rules,
            OutputFile file,
            OutputFile dead,
            Scratch scratch)
            throws Exception {
        long startedNs = System.nanoTime();
        Progress progress = new Progress(messages);
        FilePlan plan = FilePlan.survey(
                files.paths(), inputFormat, n -> progress.show("surveyed " + Progress.count(n) + " records"));
        progress.done();
        plan.describe().forEach(messages::println);
        Path findings = scratch.resolve("findings");
        Path deadSpool = scratch.resolve("dead");
        JobExecutionResult result = Detection.run(
                plan,
                range,
                treatment,
                rules,
                new Topology.Settings("default", ruleOptions.sketchSecret(), 2_000),
                parallelism,
                findings,
                deadSpool,
                dead == null ? 0 : DEAD_LETTERS,
                counters -> progress.show("read " + Progress.count(Tally.read(counters)) + " of "
                        + Progress.count(plan.records()) + " records, "
                        + Progress.count(Tally.count(counters, Tally.FINDINGS)) + " findings"));
        progress.done();
        FindingCounts counts = new FindingCounts();
        HostRisk risk = new HostRisk();
        try (FinalFindings shown = new FinalFindings();
                FinalFindings kept = new FinalFindings()) {
            Spool.read(findings, FindingSerializer.INSTANCE, finding -> (isShown(finding) ? shown : kept).add(finding));
            Files.delete(findings);
            kept.forEach(counts::add);
            write(shown, file, counts, risk);
        }
        if (dead != null) {
            DeadLetterLines lines = new DeadLetterLines(dead.stream());
            Spool.read(deadSpool, DeadLetterSerializer.INSTANCE, lines::write);
            dead.complete();
        }
        summarize(result.getAllAccumulatorResults(), counts, risk, file, (System.nanoTime() - startedNs) / 1e9);
    }

    private boolean isShown(Finding finding) {
        return switch (finding.audience) {
            case ALL -> true;
            case SHADOW -> showShadow;
            case SUPPRESSED -> showSuppressed;
        };
    }

    private static void line(OutputStream out, byte[] bytes) throws IOException {
        out.write(bytes);
        out.write('\n');
    }

    private void write(FinalFindings finals, OutputFile file, FindingCounts counts, HostRisk risk) throws IOException {
        FindingWriter writer = as.writer("default", BotwatchJob.version());
        PrintStream stdout = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        OutputStream lines = file != null ? file.stream() : "-".equals(out) ? stdout : null;
        if (lines != null && as == FindingFormat.CSV) {
            line(lines, FlatView.HEADER.getBytes(StandardCharsets.UTF_8));
        }
        long[] printed = {0};
        finals.forEach(finding -> {
            counts.add(finding);
            if (finding.audience == Finding.Audience.ALL) {
                risk.add(finding);
            }
            try {
                if (lines != null) {
                    line(lines, writer.write(finding));
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            if (!"-".equals(out) && (file == null || printed[0] < PRINTED_BESIDE_A_FILE)) {
                stdout.println(line(finding));
                printed[0]++;
            }
        });
        stdout.flush();
        if (file != null) {
            file.complete();
            if (finals.size() > printed[0]) {
                messages.println("(" + Progress.count(finals.size() - printed[0]) + " more in " + file.path() + ")");
            }
        }
    }

    private static String line(Finding finding) {
        return FlatView.time(finding.firstSeenMs) + "  " + String.format("%-13s", finding.severity.label()) + "  "
                + finding.ruleId + "  " + finding.message + aside(finding);
    }

    private static String aside(Finding finding) {
        return switch (finding.audience) {
            case ALL -> "";
            case SHADOW -> " [shadow]";
            case SUPPRESSED -> " [suppressed by " + finding.exception + "]";
        };
    }

    private void summarize(
            Map<String, Object> counters, FindingCounts counts, HostRisk risk, OutputFile file, double seconds) {
        messages.printf("records read      %s%n", Progress.count(Tally.read(counters)));
        messages.printf("  IP flows        %s%n", Progress.count(Tally.count(counters, Tally.DECODED)));
        if (Tally.count(counters, Tally.LOOKUPS) > 0) {
            messages.printf("  DNS lookups     %s%n", Progress.count(Tally.count(counters, Tally.LOOKUPS)));
        }
        messages.printf("  skipped, not IP %s%n", Progress.count(Tally.count(counters, Tally.NOT_IP)));
        messages.printf("  dead letters    %s%n", deadByReason(counters));
        if (deadFile != null && Tally.count(counters, Tally.SUPPRESSED) > 0) {
            messages.printf(
                    "    not written   %s, over %s of a reason%n",
                    Progress.count(Tally.count(counters, Tally.SUPPRESSED)), Progress.count(DEAD_LETTERS));
        }
        messages.printf("  no rule's       %s%n", Progress.count(Tally.count(counters, Tally.UNROUTED)));
        messages.printf(
                "connections       %s (replies %s, pieces %s and copies %s are part of them)%n",
                Progress.count(Tally.count(counters, Tally.CONNECTIONS)),
                Progress.count(Tally.count(counters, Tally.REPLIES)),
                Progress.count(Tally.count(counters, Tally.PIECES)),
                Progress.count(Tally.count(counters, Tally.COPIES)));
        if (Tally.count(counters, Tally.EVICTED_CONNECTIONS) > 0) {
            messages.printf(
                    "  put out early   %s, to keep within the bound of state%n",
                    Progress.count(Tally.count(counters, Tally.EVICTED_CONNECTIONS)));
        }
        messages.printf(
                "late              beacon %s, volumetric %s, relay %s%n",
                Progress.count(Tally.count(counters, Tally.LATE_BEACON)),
                Progress.count(Tally.count(counters, Tally.LATE_VOLUMETRIC)),
                Progress.count(Tally.count(counters, Tally.LATE_RELAY)));
        if (Tally.count(counters, Tally.RELAY_OVERFLOW) > 0) {
            messages.printf(
                    "relay overflow    %s buckets of 5 s whose pairs are not listed (see the overflow findings)%n",
                    Progress.count(Tally.count(counters, Tally.RELAY_OVERFLOW)));
        }
        counts.print(messages);
        if (Tally.count(counters, Tally.EXPIRED_EXCEPTIONS) > 0) {
            messages.println("An exception that has expired would have counted; rules check names it.");
        }
        List<HostRisk.Host> hosts = risk.ranked(RISKY_HOSTS);
        if (!hosts.isEmpty()) {
            messages.println("hosts by risk");
            hosts.forEach(host -> messages.printf(Locale.ROOT, "  %-15s %-6.1f %s%n", host.address(), host.risk(), rules(host)));
        }
        if (file != null) {
            messages.printf("written to        %s%n", file.path());
        }
        messages.printf(
                "%.1f s, %s records/s%n", seconds, Progress.count(Math.round(Tally.read(counters) / seconds)));
    }

    /** The worst first. */
    private static String rules(HostRisk.Host host) {
        return host.worst().entrySet().stream()
                .sorted(Map.Entry.<String, Severity>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(rule -> rule.getKey() + " " + rule.getValue().label())
                .collect(Collectors.joining(", "));
    }

    private String deadByReason(Map<String, Object> counters) {
        StringBuilder text = new StringBuilder(Progress.count(Tally.dead(counters)));
        counters.forEach((name, value) -> {
            if (name.startsWith(Tally.DEAD) && (Long) value > 0) {
                text.append(", ").append(name.substring(Tally.DEAD.length() + 1)).append(' ').append(value);
            }
        });
        return text + (Tally.dead(counters) > 0 && deadFile == null ? " (--dead FILE keeps them)" : "");
    }
}
