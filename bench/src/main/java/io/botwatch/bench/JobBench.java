package io.botwatch.bench;

import io.botwatch.generate.ExportersView;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.FlowWriter;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Goflow2ProtobufWriter;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What the job costs beside reading and decoding alone: with all rules, and with each kind of them alone. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = "The job from files, all rules and each kind alone, beside decoding alone.")
final class JobBench implements Callable<Integer> {
    @Option(names = "--runs", defaultValue = "5", description = "of each variant, default ${DEFAULT-VALUE}")
    private int runs;

    @Option(names = "--scale", defaultValue = "1", description = "of the day: 1 is about half a million connections")
    private double scale;

    @Option(names = "--mix", defaultValue = "NORMAL", description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}")
    private Mix mix;

    @Option(names = "--exporters", description = "as two routers export the day, rather than a record a connection")
    private boolean exporters;

    @Option(names = "--protobuf", description = "goflow2's protobuf rather than its JSON")
    private boolean protobuf;

    @Option(names = "--all", description = "only decoding and all rules, not each kind alone")
    private boolean allOnly;

    @Option(names = "--tuned", description = "also all rules with 100 000 exceptions, and a set of a million networks in their filters")
    private boolean tuned;

    @Option(names = "--parallelism", defaultValue = "2", description = "default ${DEFAULT-VALUE}")
    private int parallelism;

    @Option(names = "--out", defaultValue = "bench/target/job.json", description = "default ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() throws Exception {
        FlowWriter writer = protobuf ? new Goflow2ProtobufWriter() : new Goflow2JsonWriter();
        FlowCursor day = Scenario.enterprise(1, 24, scale).cursor();
        try (DayFile file = DayFile.write(writer, mix.with(exporters ? new ExportersView(day) : day))) {
            FlowFormat format = protobuf ? FlowFormat.GOFLOW2_PROTOBUF : FlowFormat.GOFLOW2_JSON;
            FilePlan plan = FilePlan.survey(List.of(file.path()), InputFormat.of(format, ZoneOffset.UTC), n -> {});
            RuleSet rules = RulesDocument.preset("enterprise");
            Comparison comparison = new Comparison(System.err)
                    .add(DecodeOnly.NAME, () -> DecodeOnly.run(plan, parallelism))
                    .add("all rules", () -> WholeJob.run(plan, Treatment.DEFAULT, rules, parallelism));
            if (tuned) {
                RuleSet large = TunedRules.make();
                comparison.add("all rules, tuned", () -> WholeJob.run(plan, Treatment.DEFAULT, large, parallelism));
            }
            if (!allOnly) {
                RulesByKind.of(rules).forEach((kind, alone) -> comparison.add(kind, () -> WholeJob.run(plan, Treatment.DEFAULT, alone, parallelism)));
            }
            System.out.print(comparison.run(runs).table());
            System.out.printf("%,d records, %s, parallelism %d%n", file.records(), mix, parallelism);
            comparison.writeJson(out);
        }
        return 0;
    }
}
