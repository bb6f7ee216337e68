package io.botwatch.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.local.CommandLineRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DashboardTest {
    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";

    @Test
    void names(@TempDir Path folder) throws Exception {
        Path flows = folder.resolve("day.json");
        CommandLineRun run = CommandLineRun.of("generate", "--hours", "6", "--scale", "0.1", "--seed", "12", "--out", flows.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        List<String> records = new ArrayList<>(Files.readAllLines(flows));
        records.add(100, "garbage");
        try (EmbeddedKafka kafka = new EmbeddedKafka(folder.resolve("kafka"))) {
            Path config = LiveJob.config(kafka, folder, "live", "enterprise");
            LiveJob.produce(kafka, "live", records);
            try (LiveJob job = new LiveJob(config, "live", folder)) {
                Exposition metrics = job.await("findings", scrape -> scrape.sum(OPERATOR + "flows_decoded") >= records.size() - 1
                        && scrape.sum(OPERATOR + "rule_severity_findings_raised") > 0
                        && scrape.sum("flink_jobmanager_job_numberOfCompletedCheckpoints") > 3);
                StringBuilder b = new StringBuilder();
                for (Exposition.Sample s : metrics.samples()) b.append(s).append('\n');
                Files.writeString(Path.of("/tmp/h/watch/scrape.txt"), b);
                Files.writeString(Path.of("/tmp/h/watch/names.txt"), String.join("\n", metrics.names()));
            }
        }
    }
}
