package io.botwatch.local;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code botwatch backfill}: the job over what the topics hold, on an embedded cluster. */
@Command(
        name = "backfill",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the job over what the topics hold now, Kafka to Kafka, and ends.",
            "It starts reading one longest window before --from; an episode that began before that gets another uid."
        })
final class BackfillCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the job's configuration, see flink-conf/botwatch.yaml")
    private Path configFile;

    @Option(names = "--from", paramLabel = "TIME", description = "first flow start that counts, ISO-8601; default: the topics' beginning")
    private String from;

    @Option(names = "--to", paramLabel = "TIME", description = "flow start before which flows count, ISO-8601; default: what is there now")
    private String to;

    @Option(names = "--parallelism", paramLabel = "N", description = "default: the number of cores")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws Exception {
        JobConfig config = JobConfig.load(configFile);
        Arguments.range(from, to);
        Instant first = Arguments.instant("--from", from);
        Instant end = Arguments.instant("--to", to);
        try (Scratch scratch = new Scratch()) {
            StreamExecutionEnvironment env =
                    EmbeddedCluster.environment(Arguments.parallelism(parallelism), scratch.resolve("checkpoints"));
            BotwatchJob.backfill(env, config, first, end);
            Progress progress = new Progress(System.err);
            JobExecutionResult result = EmbeddedCluster.run(
                    env, "botwatch backfill", counters -> progress.show(KafkaSummary.line(counters)));
            progress.done();
            System.err.println(KafkaSummary.line(result.getAllAccumulatorResults()));
            System.err.printf("findings are in topic %s%n", config.findingsTopic());
        }
        return 0;
    }
}
