package io.botwatch.ruletest;

import io.botwatch.embedded.Detection;
import io.botwatch.embedded.Spool;
import io.botwatch.finding.FinalFindings;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.generate.LineBuffer;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Runs the job over a case's flows. */
public final class CaseRun {
    private static final Topology.Settings SETTINGS = new Topology.Settings("default", 1, 2_000);

    /** Where the flows of a series begin: a Monday. */
    private static final long START_MS = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();

    private static final int SEED = 1;

    private CaseRun() {}

    /**
     * Final states of the findings that are for all, by first seen.
     *
     * @param scratch an existing folder for what lies between
     */
    public static List<Finding> findings(RuleCase of, RuleSet rules, Path scratch) throws Exception {
        Path flows = of.file() != null ? of.file() : Files.createTempFile(scratch, "flows", ".json");
        if (of.file() == null) {
            write(of, flows);
        }
        FilePlan plan = FilePlan.survey(List.of(flows), InputFormat.auto(ZoneOffset.UTC), records -> {});
        Path findings = scratch.resolve("findings");
        Path dead = scratch.resolve("dead");
        Detection.run(plan, TimeRange.ALL, Treatment.DEFAULT, rules, SETTINGS, 1, findings, dead, 0, counters -> {});
        List<Finding> found = new ArrayList<>();
        try (FinalFindings finals = new FinalFindings()) {
            Spool.read(findings, FindingSerializer.INSTANCE, finding -> {
                if (finding.audience == Finding.Audience.ALL) {
                    finals.add(finding);
                }
            });
            finals.forEach(found::add);
        }
        Files.delete(findings);
        Files.delete(dead);
        if (of.file() == null) {
            Files.delete(flows);
        }
        return found;
    }

    private static void write(RuleCase of, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            if (of.day() != null) {
                Scenario scenario = Scenario.enterprise(of.day().seed(), of.day().hours(), of.day().scale());
                new ArrivalOrder(scenario.cursor(), of.day().seed()).writeTo(out, new Goflow2JsonWriter(), n -> {});
                return;
            }
            Goflow2JsonWriter writer = new Goflow2JsonWriter();
            LineBuffer line = new LineBuffer();
            SplittableRandom random = new SplittableRandom(SEED);
            for (FlowSeries series : of.series()) {
                series.each(START_MS, random, flow -> write(flow, writer, line, out));
            }
        }
    }

    private static void write(Flow flow, Goflow2JsonWriter writer, LineBuffer line, OutputStream out) {
        try {
            line.clear();
            writer.write(flow, flow.endMs, line);
            writer.end(line);
            line.writeTo(out);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
