package io.botwatch.bench.kafka;

import io.botwatch.job.JobConfig;
import io.botwatch.rule.RuleSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The configuration of a job from a topic of flows to a topic of findings.
 *
 * @param name also of its transactions, and of its topics of findings and dead letters
 * @param joined whether records become connections, or each is one
 * @param checkpointSeconds between two checkpoints
 */
record JobFile(String name, FlowTopic flows, boolean protobuf, boolean joined, int checkpointSeconds, String preset) {
    private static final int PARTITIONS = 4;

    String findingsTopic() {
        return name.replace('+', '.') + "-findings";
    }

    private String deadLetterTopic() {
        return name.replace('+', '.') + "-dead-letters";
    }

    /** Makes the job's topics, and reads its configuration as a job does. */
    JobConfig load(Broker broker, Path folder) throws Exception {
        broker.createTopic(findingsTopic(), PARTITIONS);
        broker.createTopic(deadLetterTopic(), PARTITIONS);
        Path file = folder.resolve(name + ".yaml");
        write(file, broker);
        return JobConfig.load(file);
    }

    private void write(Path file, Broker broker) throws IOException {
        String choice = joined ? "auto" : "\"off\"";
        Files.writeString(
                file,
                String.join(
                        "\n",
                        "source:",
                        "  bootstrap_servers: \"" + broker.bootstrapServers() + "\"",
                        "  topics: [" + flows.name() + "]",
                        "  group: " + name,
                        "  format: " + (protobuf ? "goflow2-protobuf" : "goflow2-json"),
                        "  connections: {stitch: " + choice + ", deduplicate: " + choice + "}",
                        "sink:",
                        "  findings_topic: " + findingsTopic(),
                        "  dead_letter_topic: " + deadLetterTopic(),
                        "  transactional_id_prefix: " + name,
                        "checkpoint_interval: " + checkpointSeconds + "s",
                        "rules: " + preset,
                        ""));
    }

    /** The same job by other rules of the same preset. */
    static JobConfig with(RuleSet rules, JobConfig job) {
        return new JobConfig(
                job.bootstrapServers(), job.topics(), job.group(), job.format(), job.treatment(), job.connections(),
                job.maxOutOfOrderness(), job.idleness(), job.maxDrift(), job.maxFuture(), job.findingsTopic(), job.alsoTopics(),
                job.shadowTopic(), job.suppressedTopic(), job.deadLetterTopic(), job.deadLettersPerMinute(), job.delivery(),
                job.transactionalIdPrefix(), job.transactionTimeout(), job.checkpointInterval(), rules, job.ruleText(),
                job.liveRules(), job.tenant(), job.sketchSecret(), job.kafka());
    }
}
