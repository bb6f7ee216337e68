package io.botwatch.evaluate;

import io.botwatch.embedded.Spool;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.flow.Address;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.Label;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.embedded.Detection;
import io.botwatch.rule.RuleSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Runs rules over labelled captures, one by one. */
public final class Evaluation {
    private static final Topology.Settings SETTINGS = new Topology.Settings("default", 42, 2_000);
    private static final int HOURS = 24;

    private final RuleSet rules;
    private final Path captures;
    private final Path scratch;
    private final int parallelism;
    private final long seed;

    /**
     * @param captures the folder that datasets' files are relative to
     * @param scratch an existing folder for what lies between
     * @param seed of scenarios
     */
    public Evaluation(RuleSet rules, Path captures, Path scratch, int parallelism, long seed) {
        this.rules = rules;
        this.captures = captures;
        this.scratch = scratch;
        this.parallelism = parallelism;
        this.seed = seed;
    }

    /** Whether all of its files are there. */
    public boolean has(Dataset dataset) {
        return dataset.files().stream().allMatch(file -> Files.exists(captures.resolve(file)));
    }

    public CaptureQuality of(Dataset dataset) throws Exception {
        Set<Address> malicious = new HashSet<>(dataset.malicious());
        List<Path> files = dataset.scenario() == null ? files(dataset) : List.of(generated(malicious));
        RuleSet on = dataset.internal().isEmpty() ? rules : rules.withInternal(dataset.internal());
        CaptureQuality quality = new CaptureQuality(dataset, CaptureSurvey.of(files, on.internal()), malicious);
        Path findings = Files.createTempFile(scratch, "findings", "");
        Path dead = Files.createTempFile(scratch, "dead", "");
        Files.delete(findings);
        Files.delete(dead);
        FilePlan plan = FilePlan.survey(files, InputFormat.auto(ZoneOffset.UTC), records -> {});
        Detection.run(plan, TimeRange.ALL, Treatment.DEFAULT, on, SETTINGS, parallelism, findings, dead, 0, counters -> {});
        Spool.read(findings, FindingSerializer.INSTANCE, finding -> {
            if (finding.audience == Finding.Audience.ALL) {
                quality.add(finding);
            }
        });
        Files.delete(findings);
        Files.delete(dead);
        return quality;
    }

    private List<Path> files(Dataset dataset) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : dataset.files()) {
            Path path = captures.resolve(name);
            if (Files.isDirectory(path)) {
                try (Stream<Path> below = Files.list(path)) {
                    files.addAll(below.sorted().toList());
                }
            } else {
                files.add(path);
            }
        }
        return files;
    }

    /** @param malicious takes the hosts of its attacks */
    private Path generated(Set<Address> malicious) throws IOException {
        Scenario scenario = Scenario.enterprise(seed, HOURS);
        for (Label label : scenario.labels()) {
            if (!label.expectation().equals(Label.NONE)) {
                malicious.add(label.relay() != null ? label.relay() : label.src() != null ? label.src() : label.dst());
            }
        }
        Path file = scratch.resolve("generated.json");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            new ArrivalOrder(scenario.cursor(), seed).writeTo(out, new Goflow2JsonWriter(), n -> {});
        }
        return file;
    }
}
