package io.botwatch.local;

import io.botwatch.evaluate.CadenceEvaluation;
import io.botwatch.evaluate.CaptureQuality;
import io.botwatch.evaluate.Dataset;
import io.botwatch.evaluate.Evaluation;
import io.botwatch.evaluate.QualityReport;
import io.botwatch.job.BotwatchJob;
import io.botwatch.rule.RuleSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code botwatch evaluate}: how good rules are, on labelled captures and on seeded sets. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measures detection quality, as Markdown: malicious hosts found, time to the first finding, false findings a",
            "host and day, precision of the first 10 and 50, by capture and rule; and the cadence score on seeded sets.",
            "A capture that is not there is left out, and named."
        })
final class EvaluateCommand implements Callable<Integer> {
    private static final int MOST_SEEDS = 100;

    @Mixin
    private RuleOptions ruleOptions;

    @Option(names = "--data", defaultValue = "../shared/data", paramLabel = "FOLDER", description = "where captures are; default ../shared/data")
    private Path data;

    @Option(
            names = "--datasets",
            paramLabel = "FILE",
            description = "the captures and their malicious hosts, as YAML; default: those that come with the command")
    private Path datasets;

    @Option(names = "--seed", defaultValue = "201", paramLabel = "N", description = "first seed of the sets, and the generated day's; default 201")
    private long seed;

    @Option(names = "--seeds", defaultValue = "3", paramLabel = "N", description = "how many seeds the cadence score is measured on; default 3, 0 for none")
    private int seeds;

    @Option(names = "--out", paramLabel = "FILE", description = "writes the tables to this file; default standard output")
    private Path out;

    @Option(names = "--force", description = "replaces an output file that exists")
    private boolean force;

    @Option(names = "--parallelism", paramLabel = "N", description = "default: the number of cores")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws Exception {
        Arguments.parallelism(parallelism);
        if (seeds < 0 || seeds > MOST_SEEDS) {
            throw new UsageException("--seeds: " + seeds + " is not 0 to " + MOST_SEEDS);
        }
        RuleSet rules = ruleOptions.load();
        List<Dataset> all = datasets == null ? Dataset.shipped() : Dataset.load(datasets);
        try (OutputFile file = out == null ? null : new OutputFile(out, force); Scratch scratch = new Scratch()) {
            PrintStream text = new PrintStream(file == null ? System.out : file.stream(), false, StandardCharsets.UTF_8);
            QualityReport report = new QualityReport(text);
            report.begin(BotwatchJob.version(), rules.version());
            captures(new Evaluation(rules, data, folder(scratch), parallelism, seed), all, report);
            if (seeds > 0) {
                report.cadence(cadence());
            }
            text.flush();
            if (file != null) {
                file.complete();
            }
        }
        return 0;
    }

    private void captures(Evaluation evaluation, List<Dataset> all, QualityReport report) throws Exception {
        List<CaptureQuality> measured = new ArrayList<>();
        List<Dataset> missing = new ArrayList<>();
        for (Dataset dataset : all) {
            if (evaluation.has(dataset)) {
                System.err.println("evaluating " + dataset.name());
                measured.add(evaluation.of(dataset));
            } else {
                System.err.println(dataset.name() + ": not all of its files are in " + data + ", left out");
                missing.add(dataset);
            }
        }
        report.captures(measured, missing);
    }

    private List<CadenceEvaluation> cadence() {
        List<CadenceEvaluation> evaluations = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            System.err.println("cadence score, seed " + (seed + i));
            evaluations.add(CadenceEvaluation.of(seed + i, 1));
        }
        return evaluations;
    }

    private static Path folder(Scratch scratch) throws IOException {
        return Files.createDirectories(scratch.resolve("evaluate"));
    }
}
