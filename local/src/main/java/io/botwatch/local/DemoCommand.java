package io.botwatch.local;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.LabelsFile;
import io.botwatch.generate.Scenario;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code botwatch demo}: a simulated day through a real broker and a real job, and what was found of what was hidden. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Simulates an enterprise's day with hidden attacks, sends it through an embedded Kafka broker and the job,",
            "and compares the findings with the labels. Exit code 1 when an attack that a rule names was missed."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int PARTITIONS = 4;
    private static final String FLOWS = "netflow";
    private static final String FINDINGS = "botwatch-findings";
    private static final String DEAD_LETTERS = "botwatch-dead-letters";

    @Mixin
    private ScenarioOptions day;

    @Option(names = "--rules", defaultValue = "enterprise", paramLabel = "PRESET", description = "enterprise (default) or aql")
    private String rules;

    @Option(names = "--out", defaultValue = "target/demo", paramLabel = "FOLDER", description = "where findings and labels are written; default ${DEFAULT-VALUE}")
    private Path out;

    @Option(names = "--parallelism", paramLabel = "N", description = "default: the number of cores")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    private final PrintStream messages = System.err;
    private final Progress progress = new Progress(System.err);

    @Override
    public Integer call() throws Exception {
        Scenario scenario = day.scenario();
        if (!RulesDocument.presets().contains(rules)) {
            throw new UsageException("--rules: '" + rules + "' is not one of enterprise, aql");
        }
        Files.createDirectories(out);
        try (Scratch scratch = new Scratch()) {
            messages.println("1/4 starting a Kafka broker in this process");
            try (EmbeddedKafka kafka = new EmbeddedKafka(scratch.resolve("kafka"))) {
                kafka.createTopics(PARTITIONS, FLOWS, FINDINGS, DEAD_LETTERS);
                messages.printf(
                        "2/4 producing a simulated day (seed %d, %d h) to topic %s: goflow2 JSON, %d partitions, out of order%n",
                        day.seed, day.hours, FLOWS, PARTITIONS);
                long flows = FlowProducer.produce(
                        kafka.bootstrapServers(),
                        FLOWS,
                        PARTITIONS,
                        new ArrivalOrder(day.records(scenario), day.seed),
                        new Goflow2JsonWriter(),
                        progress);
                progress.done();
                messages.printf("    %s flows%n", Progress.count(flows));
                messages.printf("3/4 running the job: %s -> rules %s -> %s%n", FLOWS, rules, FINDINGS);
                run(kafka, scratch, flows);
                messages.println("4/4 reading the findings back");
                List<TopicFindings.Entry> findings = TopicFindings.read(kafka.bootstrapServers(), FINDINGS);
                Scoreboard scoreboard = new Scoreboard(scenario.labels(), findings);
                write(scenario, findings);
                print(scoreboard);
                return scoreboard.missed() == 0 ? 0 : Botwatch.FAILED;
            }
        }
    }

    private void run(EmbeddedKafka kafka, Scratch scratch, long flows) throws Exception {
        Path configuration = scratch.resolve("botwatch.yaml");
        Files.writeString(
                configuration,
                String.join(
                        "\n",
                        "source:",
                        "  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"",
                        "  topics: [" + FLOWS + "]",
                        "  format: goflow2-json",
                        "sink:",
                        "  findings_topic: " + FINDINGS,
                        "  dead_letter_topic: " + DEAD_LETTERS,
                        "  delivery: exactly-once",
                        "rules: " + rules,
                        ""));
        StreamExecutionEnvironment env = EmbeddedCluster.environment(Arguments.parallelism(parallelism), scratch.resolve("checkpoints"));
        BotwatchJob.backfill(env, JobConfig.load(configuration), null, null);
        long startedNs = System.nanoTime();
        JobExecutionResult result = EmbeddedCluster.run(
                env,
                "botwatch demo",
                counters -> progress.show("    " + KafkaSummary.line(counters) + " (of " + Progress.count(flows) + ")"));
        progress.done();
        messages.printf(
                "    %s, %.1f s%n",
                KafkaSummary.line(result.getAllAccumulatorResults()), (System.nanoTime() - startedNs) / 1e9);
    }

    private void write(Scenario scenario, List<TopicFindings.Entry> findings) throws IOException {
        LabelsFile.write(out.resolve("labels.csv"), scenario.labels());
        try (OutputStream lines = Files.newOutputStream(out.resolve("findings.jsonl"))) {
            for (TopicFindings.Entry finding : findings) {
                lines.write(finding.json());
                lines.write('\n');
            }
        }
    }

    private void print(Scoreboard scoreboard) {
        System.out.printf("%n%-20s %-13s %-12s %s%n", "LABEL", "EXPECTED", "OUTCOME", "FINDING");
        for (Scoreboard.Row row : scoreboard.rows) {
            String message = row.findings().isEmpty()
                    ? "-"
                    : row.findings().get(0).severity() + ": " + row.findings().get(0).message();
            System.out.printf(
                    "%-20s %-13s %-12s %s%n", row.label().name(), row.label().expectation(), row.outcome(), message);
        }
        if (!scoreboard.unlabelled.isEmpty()) {
            System.out.printf("%nFindings of medium severity or above without a label of an attack:%n");
            scoreboard.unlabelled.forEach(
                    finding -> System.out.printf("  %s %s: %s%n", finding.rule(), finding.severity(), finding.message()));
        }
        System.out.printf(
                "%nfound %d, missed %d, unlabelled %d of medium or above, %d below (seed %d)%n",
                scoreboard.found(),
                scoreboard.missed(),
                scoreboard.unlabelled.size(),
                scoreboard.minor.size(),
                day.seed);
        System.out.printf("findings: %s, labels: %s%n", out.resolve("findings.jsonl"), out.resolve("labels.csv"));
    }
}
