package io.botwatch.local;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code botwatch run}: the live job on an embedded cluster. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs the live job, Kafka to Kafka, in this process until it is interrupted: for a laptop or a pilot.",
            "The same job for a cluster: flink run botwatch-job-VERSION-all.jar --config FILE"
        })
final class RunCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the job's configuration, see flink-conf/botwatch.yaml")
    private Path configFile;

    @Option(names = "--parallelism", paramLabel = "N", description = "default: the number of cores")
    private int parallelism = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws Exception {
        JobConfig config = JobConfig.load(configFile);
        try (Scratch scratch = new Scratch()) {
            StreamExecutionEnvironment env =
                    EmbeddedCluster.environment(Arguments.parallelism(parallelism), scratch.resolve("checkpoints"));
            BotwatchJob.live(env, config);
            System.err.printf(
                    "running: %s at %s -> %s; interrupt to stop%n",
                    config.topics(), config.bootstrapServers(), config.findingsTopic());
            Progress progress = new Progress(System.err);
            EmbeddedCluster.run(env, "botwatch", counters -> progress.show(KafkaSummary.line(counters)));
            progress.done();
        }
        return 0;
    }
}
