package io.botwatch.bench.scale;

import io.botwatch.bench.Comparison;
import io.botwatch.bench.DayFile;
import io.botwatch.bench.DecodeOnly;
import io.botwatch.bench.WholeJob;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether a record costs more where there are more of them: the same house over more days, or a larger one. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = "The job from files of growing length, beside decoding alone; about 240 bytes of disk a record.")
public final class ScaleBench implements Callable<Integer> {
    private static final int PARALLELISM = 2;

    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--days", split = ",", defaultValue = "1,5,10", description = "lengths, default ${DEFAULT-VALUE}")
    private List<Integer> days;

    @Option(names = "--scale", split = ",", defaultValue = "2.2", description = "of the house, default ${DEFAULT-VALUE}, about a million records a working day; several: each at every length")
    private List<Double> scales;

    @Option(names = "--out", defaultValue = "bench/target/scale.json", description = "default ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() throws Exception {
        RuleSet rules = RulesDocument.preset("enterprise");
        Comparison comparison = new Comparison(System.err);
        List<DayFile> files = new ArrayList<>();
        try {
            FilePlan shortest = null;
            for (double scale : scales) {
                for (int length : days) {
                    DayFile file = DayFile.write(new Goflow2JsonWriter(), Scenario.enterprise(1, 24 * length, scale).cursor());
                    files.add(file);
                    FilePlan plan = FilePlan.survey(
                            List.of(file.path()), InputFormat.of(FlowFormat.GOFLOW2_JSON, ZoneOffset.UTC), n -> {});
                    shortest = shortest == null ? plan : shortest;
                    String name = String.format(Locale.ROOT, "%,d records, %d days, scale %s", file.records(), length, scale);
                    comparison.add(name + ", " + DecodeOnly.NAME, warmed(shortest, plan, each -> DecodeOnly.run(each, PARALLELISM)));
                    comparison.add(
                            name + ", all rules",
                            warmed(shortest, plan, each -> WholeJob.run(each, Treatment.DEFAULT, rules, PARALLELISM)));
                }
            }
            System.out.print(comparison.run(runs).table());
            comparison.writeJson(out);
        } finally {
            for (DayFile file : files) {
                file.close();
            }
        }
        return 0;
    }

    private interface Job {
        long run(FilePlan plan) throws Exception;
    }

    /** The run that does not count is one of the shortest: the longest takes many minutes. */
    private static Comparison.Variant warmed(FilePlan shortest, FilePlan plan, Job job) {
        boolean[] warm = {false};
        return () -> {
            FilePlan which = warm[0] ? plan : shortest;
            warm[0] = true;
            return job.run(which);
        };
    }
}
