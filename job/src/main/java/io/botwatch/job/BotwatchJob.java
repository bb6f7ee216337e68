package io.botwatch.job;

import io.botwatch.document.DocumentException;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingFormat;
import io.botwatch.finding.FindingWriter;
import io.botwatch.ingest.DeadLetterCap;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.live.KafkaDesk;
import io.botwatch.live.LiveRulesStart;
import io.botwatch.live.LiveSource;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.sink.KafkaSinks;
import io.botwatch.source.KafkaFlows;
import io.botwatch.source.TimeRange;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;

/**
 * The job that a cluster runs: Kafka to Kafka, live, or as a backfill over what the topics hold.
 *
 * <p>{@code flink run botwatch-job-all.jar --config botwatch.yaml [--backfill [--from TIME] [--to TIME]]}
 */
public final class BotwatchJob {
    private static final long FLUSH_INTERVAL_MS = 2_000;

    private BotwatchJob() {}

    public static void main(String[] args) throws Exception {
        ParameterTool parameters = ParameterTool.fromArgs(args);
        if (!parameters.has("config")) {
            throw new IllegalArgumentException("usage: --config FILE [--backfill [--from TIME] [--to TIME]]");
        }
        JobConfig config = JobConfig.load(Path.of(parameters.get("config")));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        if (parameters.has("backfill") || parameters.has("from") || parameters.has("to")) {
            backfill(env, config, time(parameters, "from"), time(parameters, "to"));
            env.execute("botwatch backfill");
        } else {
            live(env, config);
            env.execute("botwatch");
        }
    }

    private static Instant time(ParameterTool parameters, String name) {
        try {
            return parameters.has(name) ? Instant.parse(parameters.get(name)) : null;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "--" + name + " " + parameters.get(name) + " is not a time such as 2026-01-05T00:00:00Z");
        }
    }

    /**
     * Adds the live job to the environment.
     *
     * @throws DocumentException when the broker and the configuration do not fit together
     */
    public static void live(StreamExecutionEnvironment env, JobConfig config) {
        BrokerCheck.check(config);
        RuleTimeline rules = RuleHistory.of(config);
        add(
                env,
                config,
                rules,
                new LiveSource<>(flows(config).live(config.maxFuture()), config.maxFuture(), liveRules(config, rules)),
                KafkaFlows.liveWatermarks(config.maxOutOfOrderness(), config.idleness(), config.maxDrift()));
    }

    /**
     * Adds the backfill to the environment. It starts one longest window before {@code from}, so that the first windows
     * are whole. Its consumer group and its transactions are its own, so that it can run beside the live job with the same
     * configuration.
     *
     * @param from null for the beginning of the topics
     * @param to null for what is there now
     * @throws DocumentException when the broker and the configuration do not fit together
     */
    public static void backfill(StreamExecutionEnvironment env, JobConfig live, Instant from, Instant to) {
        JobConfig config = live.ofBackfill(from, to);
        BrokerCheck.check(config);
        RuleTimeline rules = RuleHistory.of(config);
        Instant warm = from == null ? null : from.minus(RuleHistory.longestWindow(rules));
        add(
                env,
                config,
                rules,
                flows(config).bounded(TimeRange.between(warm, to)),
                KafkaFlows.boundedWatermarks(config.maxOutOfOrderness()));
    }

    /**
     * What lies in the job's topics, as a bounded stream of a consumer group of its own; nothing is written anywhere.
     *
     * @param from null for the beginning of the topics
     * @param to null for what is there now
     */
    public static DataStream<Decoded> recorded(StreamExecutionEnvironment env, JobConfig live, Instant from, Instant to) {
        JobConfig config = live.ofBackfill(from, to);
        return env.fromSource(
                        flows(config).bounded(TimeRange.between(from, to)),
                        KafkaFlows.boundedWatermarks(config.maxOutOfOrderness()),
                        "flows",
                        DecodedSerializer.TYPE)
                .uid("source");
    }

    private static KafkaFlows flows(JobConfig config) {
        return new KafkaFlows(
                config.bootstrapServers(),
                config.topics(),
                config.group(),
                config.format(),
                config.treatment(),
                config.kafka());
    }

    private static void add(
            StreamExecutionEnvironment env,
            JobConfig config,
            RuleTimeline rules,
            Source<Decoded, ?, ?> source,
            WatermarkStrategy<Decoded> watermarks) {
        Topology.configure(env);
        Configuration checkpoints = new Configuration();
        checkpoints.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
        if (config.liveRules() != null) {
            // Records in flight within a checkpoint would come before the changes by which they are to be judged.
            checkpoints.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        }
        env.configure(checkpoints);
        Topology.Outputs outputs = Topology.build(
                env.fromSource(source, watermarks, "flows", DecodedSerializer.TYPE).uid("source"),
                rules,
                new Topology.Settings(
                        config.tenant(), config.sketchSecret(), FLUSH_INTERVAL_MS, config.connections(), config.liveRules() != null && source.getBoundedness() == Boundedness.CONTINUOUS_UNBOUNDED));
        KafkaSinks sinks = new KafkaSinks(
                config.bootstrapServers(),
                config.kafka(),
                config.delivery(),
                config.transactionalIdPrefix(),
                config.transactionTimeout());
        FindingWriter ocsf = FindingFormat.OCSF.writer(config.tenant(), version());
        write(outputs.findings(), "findings", sinks, config.findingsTopic(), ocsf);
        config.alsoTopics().forEach((format, topic) -> write(
                outputs.findings(), "findings-" + format.label(), sinks, topic, format.writer(config.tenant(), version())));
        quiet(outputs, Finding.Audience.SHADOW, sinks, config.shadowTopic(), ocsf);
        quiet(outputs, Finding.Audience.SUPPRESSED, sinks, config.suppressedTopic(), ocsf);
        outputs.dead()
                .process(DeadLetterCap.perMinute(config.deadLettersPerMinute()))
                .returns(DeadLetterSerializer.TYPE)
                .name("dead letter cap")
                .uid("dead-letter-cap")
                .sinkTo(sinks.deadLetters(config.deadLetterTopic()))
                .name("dead letters")
                .uid("dead-letters");
    }

    /** Null where the rules stay as they are. */
    private static LiveRulesStart liveRules(JobConfig config, RuleTimeline rules) {
        return config.liveRules() == null
                ? null
                : new LiveRulesStart(
                        config.ruleText(),
                        config.shadowTopic() != null,
                        rules.last().sequence(),
                        new KafkaDesk.Opening(
                                config.bootstrapServers(), config.kafka(), config.liveRules(), config.transactionalIdPrefix() + "-rules", config.ruleText().yaml()));
    }

    private static void quiet(
            Topology.Outputs outputs, Finding.Audience audience, KafkaSinks sinks, String topic, FindingWriter writer) {
        if (topic == null) {
            return;
        }
        String name = "findings-" + audience.name().toLowerCase(Locale.ROOT);
        write(
                outputs.quiet()
                        .filter(finding -> finding.audience == audience)
                        .name("only " + name)
                        .uid("only-" + name),
                name,
                sinks,
                topic,
                writer);
    }

    /** The states of a finding stay in order, also when a scheduler gives the sink another parallelism. */
    private static void write(DataStream<Finding> findings, String name, KafkaSinks sinks, String topic, FindingWriter writer) {
        findings.keyBy(finding -> finding.uid.toString(), Types.STRING)
                .sinkTo(sinks.findings(name, topic, writer))
                .name(name)
                .uid(name);
    }

    /** The build's version, as findings name it; {@code development} outside a jar. */
    public static String version() {
        String version = BotwatchJob.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
