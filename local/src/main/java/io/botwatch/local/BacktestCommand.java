package io.botwatch.local;

import io.botwatch.backtest.Comparison;
import io.botwatch.backtest.ComparisonReport;
import io.botwatch.backtest.TwoRuleSets;
import io.botwatch.embedded.Detection;
import io.botwatch.finding.FinalFindings;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.Severity;
import io.botwatch.embedded.Spool;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.job.Topology;
import io.botwatch.metric.Tally;
import io.botwatch.rule.RuleSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch backtest}: what a change of the rules would have done. */
@Command(
        name = "backtest",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs two rule sets over one reading of the same flows, and says which findings both make, and which only one.",
            "Flows are files, or with --config what lies in the job's topics. Findings are of the same when type, host, peer and port agree",
            "and their times overlap, whatever their rules are called.",
            "Exit codes: 0 ok, 1 the run failed, 2 wrong usage, 3 a day has more new findings than --max-new-per-day."
        })
final class BacktestCommand implements Callable<Integer> {
    static final int TOO_MANY = 3;

    @Parameters(arity = "0..*", paramLabel = "FILE|FOLDER|GLOB|-", description = "flow files, as of detect")
    private List<String> inputs = List.of();

    @Mixin
    private FormatOptions formatOptions;

    @Option(names = "--config", paramLabel = "FILE", description = "reads the topics of this job's configuration instead of files; its rules are the baseline unless --baseline names others")
    private Path configFile;

    @Option(names = "--from", paramLabel = "TIME", description = "first flow start that counts, ISO-8601")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "flow start before which flows count, ISO-8601; with --config by default what is there now")
    private String to;

    @Option(names = "--baseline", paramLabel = "FILE|PRESET", description = "the rules as they are; default: enterprise")
    private String baseline;

    @Mixin
    private RuleOptions newRules;

    @Option(names = "--min-severity", defaultValue = "informational", paramLabel = "LEVEL", description = "leaves out findings below it; default informational")
    private Severity least;

    @Option(names = "--max-new-per-day", paramLabel = "N", description = "exits with 3 when a day has more findings that only the new rules make: a gate for changes")
    private Long maxNewPerDay;

    @Option(names = "--as", defaultValue = "text", paramLabel = "FORMAT", description = "text (default) or json")
    private Format as;

    @Option(names = "--list", defaultValue = "10", paramLabel = "N", description = "findings of each kind that text lists, at most; default 10")
    private int listed;

    @Option(names = "--out", paramLabel = "FILE", description = "writes to this file instead of standard output")
    private Path out;

    @Option(names = "--force", description = "replaces an output file that exists")
    private boolean force;

    @Mixin
    private TreatmentOptions treatmentOptions;

    @Option(names = "--parallelism", paramLabel = "N", description = "default: the number of cores")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    /** How the result is written. */
    enum Format {
        TEXT,
        JSON
    }

    @Override
    public Integer call() throws Exception {
        Arguments.parallelism(parallelism);
        TimeRange range = Arguments.range(from, to);
        if (inputs.isEmpty() == (configFile == null)) {
            throw new UsageException("backtest: name flow files, or a job's configuration by --config, and not both");
        }
        InputFormat format = formatOptions.load();
        JobConfig config = configFile == null ? null : JobConfig.load(configFile);
        RuleSet after = newRules.load();
        RuleSet before = baseline == null && config != null
                ? config.rules()
                : newRules.load(baseline == null ? "enterprise" : baseline);
        Progress progress = new Progress(System.err);
        try (OutputFile file = out == null ? null : new OutputFile(out, force);
                InputFiles files = config == null ? InputFiles.of(inputs, format, System.err) : null;
                Scratch scratch = new Scratch()) {
            Path ofOld = scratch.resolve("old");
            Path ofNew = scratch.resolve("new");
            TwoRuleSets.run(
                    config == null ? files(files, format, range, progress) : topics(config),
                    before,
                    after,
                    new Topology.Settings("default", newRules.sketchSecret(), 2_000),
                    parallelism,
                    ofOld,
                    ofNew,
                    // Two graphs count every flow.
                    counters -> progress.show("read " + Progress.count(Tally.read(counters) / 2) + " records"));
            progress.done();
            Comparison comparison = compare(ofOld, ofNew);
            write(new ComparisonReport(comparison, before, after), file);
            return verdict(comparison);
        }
    }

    private Function<StreamExecutionEnvironment, DataStream<Decoded>> files(
            InputFiles files, InputFormat format, TimeRange range, Progress progress) throws IOException {
        FilePlan plan = FilePlan.survey(
                files.paths(),
                format,
                n -> progress.show("surveyed " + Progress.count(n) + " records"));
        progress.done();
        plan.describe().forEach(System.err::println);
        Treatment treatment = treatmentOptions.load();
        return env -> Detection.flows(env, plan, range, treatment);
    }

    private Function<StreamExecutionEnvironment, DataStream<Decoded>> topics(JobConfig config) {
        return env -> BotwatchJob.recorded(
                env, config, Arguments.instant("--from", from), Arguments.instant("--to", to));
    }

    private Comparison compare(Path ofOld, Path ofNew) throws IOException {
        Comparison.Collected collected = new Comparison.Collected(least);
        finals(ofOld, collected);
        collected.ofNew();
        finals(ofNew, collected);
        return collected.compared();
    }

    private static void finals(Path spool, Comparison.Collected collected) throws IOException {
        try (FinalFindings finals = new FinalFindings()) {
            Spool.read(spool, FindingSerializer.INSTANCE, finals::add);
            Files.delete(spool);
            finals.forEach(collected);
        }
    }

    private void write(ComparisonReport report, OutputFile file) throws IOException {
        PrintStream stream = new PrintStream(file == null ? System.out : file.stream(), false, StandardCharsets.UTF_8);
        if (as == Format.JSON) {
            report.json(stream);
        } else {
            report.text(stream, listed);
        }
        stream.flush();
        if (file != null) {
            file.complete();
            System.err.println("written to " + file.path());
        }
    }

    private int verdict(Comparison comparison) {
        long most = comparison.mostNewOnADay();
        if (maxNewPerDay == null || most <= maxNewPerDay) {
            return 0;
        }
        System.err.printf("%d new findings on one day, more than --max-new-per-day %d%n", most, maxNewPerDay);
        return TOO_MANY;
    }
}
