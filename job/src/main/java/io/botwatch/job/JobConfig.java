package io.botwatch.job;

import io.botwatch.connection.ConnectionSettings;
import io.botwatch.document.DocumentException;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.finding.FindingFormat;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Joining;
import io.botwatch.ingest.JsonMapping;
import io.botwatch.ingest.MappingDocument;
import io.botwatch.ingest.Treatment;
import io.botwatch.live.LiveRulesConfig;
import io.botwatch.network.Network;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RuleText;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.stream.Stream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.base.DeliveryGuarantee;

/**
 * What a Kafka-to-Kafka job is told: one YAML file, every key known, every value in its range (see flink-conf/botwatch.yaml).
 *
 * @param format of the flows
 * @param maxOutOfOrderness how far behind the latest start of its partition a flow may start
 * @param idleness after which a silent partition no longer holds event time back
 * @param maxDrift how far one partition may be read ahead of another; null when they are not held together
 * @param maxFuture how far ahead of the clock a flow may start, live
 * @param alsoTopics where findings go in other formats as well, by format; may be empty
 * @param shadowTopic where findings of shadow rules go; null where no rule is in shadow mode
 * @param suppressedTopic where findings go that exceptions keep back; null when they are only counted
 * @param transactionTimeout at most the broker's {@code transaction.max.timeout.ms}
 * @param checkpointInterval findings reach readers of committed records this often, with exactly-once delivery
 * @param deadLettersPerMinute of a reason, from each subtask; the others are only counted
 * @param ruleText what the rules were read from
 * @param liveRules where changes of the rules come from; null when they stay as they are
 * @param kafka passed on to consumer and producer as they are
 */
public record JobConfig(
        String bootstrapServers,
        List<String> topics,
        String group,
        InputFormat format,
        Treatment treatment,
        ConnectionSettings connections,
        Duration maxOutOfOrderness,
        Duration idleness,
        Duration maxDrift,
        Duration maxFuture,
        String findingsTopic,
        Map<FindingFormat, String> alsoTopics,
        String shadowTopic,
        String suppressedTopic,
        String deadLetterTopic,
        int deadLettersPerMinute,
        DeliveryGuarantee delivery,
        String transactionalIdPrefix,
        Duration transactionTimeout,
        Duration checkpointInterval,
        RuleSet rules,
        RuleText ruleText,
        LiveRulesConfig liveRules,
        String tenant,
        long sketchSecret,
        Properties kafka) {

    private static final long SECOND = 1_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final int MOST_DEAD_LETTERS = 1_000_000;
    private static final int NAME = 249; // the longest topic name that Kafka takes

    /**
     * @throws DocumentException with every fault: file, line, key and limit
     */
    public static JobConfig load(Path file) {
        return read(YamlDocument.load(file), file.toAbsolutePath().getParent());
    }

    private static JobConfig read(YamlDocument document, Path folder) {
        Section root = document.root().allow("kafka", "source", "sink", "rules", "live_rules", "internal_subnets", "tenant", "sketch_secret_file", "checkpoint_interval");
        Section source = root.section("source")
                .allow("bootstrap_servers", "topics", "group", "format", "mapping", "zone", "sampling", "connections", "max_out_of_orderness", "idleness", "max_drift", "max_future");
        Section sink = root.section("sink")
                .allow("findings_topic", "also", "shadow_topic", "suppressed_topic", "dead_letter_topic", "dead_letters_per_minute", "delivery", "transactional_id_prefix", "transaction_timeout");
        Properties kafka = new Properties();
        Section passed = root.optionalSection("kafka");
        for (String key : passed.keys()) {
            kafka.setProperty(key, passed.text(key, 4_000));
        }
        Set<String> taken = new HashSet<>(Arrays.asList(text(sink, "findings_topic", ""), text(sink, "dead_letter_topic", "")));
        RuleText ruleText = rules(root, folder);
        JobConfig config = new JobConfig(
                source.text("bootstrap_servers", 1_000),
                source.list("topics", true, "topic").stream().map(Section.Scalar::text).toList(),
                text(source, "group", "botwatch"),
                format(source, folder),
                new Treatment(SamplingSection.read(source.optionalSection("sampling")), joining(source)),
                connections(source),
                duration(source, "max_out_of_orderness", 90 * SECOND, 0, 24 * HOUR),
                duration(source, "idleness", 60 * SECOND, SECOND, 24 * HOUR),
                source.has("max_drift") ? duration(source, "max_drift", 0, 60 * SECOND, 24 * HOUR) : null,
                duration(source, "max_future", 600 * SECOND, 0, 24 * HOUR),
                sink.text("findings_topic", NAME),
                also(sink, taken),
                quietTopic(sink, "shadow_topic", taken),
                quietTopic(sink, "suppressed_topic", taken),
                sink.text("dead_letter_topic", NAME),
                sink.has("dead_letters_per_minute") ? sink.count("dead_letters_per_minute", 0, MOST_DEAD_LETTERS) : 1_000,
                "at-least-once".equals(sink.choice("delivery", false, List.of("exactly-once", "at-least-once")))
                        ? DeliveryGuarantee.AT_LEAST_ONCE
                        : DeliveryGuarantee.EXACTLY_ONCE,
                text(sink, "transactional_id_prefix", "botwatch"),
                duration(sink, "transaction_timeout", 600 * SECOND, 10 * SECOND, 24 * HOUR),
                duration(root, "checkpoint_interval", 30 * SECOND, SECOND, HOUR),
                ruleText == null ? null : inForce(root, ruleText),
                ruleText,
                liveRules(root, folder, taken),
                text(root, "tenant", "default"),
                secret(root, folder),
                kafka);
        checkShadow(config, sink);
        document.problems().throwIfAny();
        return config;
    }

    private static void checkShadow(JobConfig config, Section sink) {
        if (config.rules() != null && config.shadowTopic() == null) {
            config.rules().rules().stream()
                    .filter(rule -> rule.info().mode() == RuleInfo.Mode.SHADOW)
                    .findFirst()
                    .ifPresent(rule -> sink.problem("shadow_topic", "missing; rule " + rule.info().id() + " is in shadow mode"));
        }
    }

    /** Null when absent: what is there for those who ask is kept from those who do not. */
    private static String quietTopic(Section sink, String key, Set<String> taken) {
        if (!sink.has(key)) {
            return null;
        }
        String topic = sink.text(key, NAME);
        if (!taken.add(topic)) {
            sink.problem(key, "'" + topic + "' is the topic of something else; give it its own");
        }
        return topic;
    }

    /**
     * The same for a backfill of this range: its consumer group and its transactional ids are its own, and the same when it is
     * started again. With the live job's it would abort the live job's transactions.
     *
     * @param from null for the beginning of the topics
     * @param to null for what is there now
     */
    JobConfig ofBackfill(Instant from, Instant to) {
        String suffix = "-backfill-" + (from == null ? "start" : from) + "-" + (to == null ? "now" : to);
        return new JobConfig(
                bootstrapServers, topics, group + suffix, format, treatment, connections, maxOutOfOrderness, idleness, maxDrift,
                maxFuture, findingsTopic, alsoTopics, shadowTopic, suppressedTopic, deadLetterTopic, deadLettersPerMinute, delivery, transactionalIdPrefix + suffix,
                transactionTimeout, checkpointInterval, rules, ruleText, liveRules, tenant, sketchSecret, kafka);
    }

    private static String text(Section section, String key, String byDefault) {
        return section.has(key) ? section.text(key, NAME) : byDefault;
    }

    private static Duration duration(Section section, String key, long defaultMs, long minMs, long maxMs) {
        return Duration.ofMillis(section.has(key) ? section.durationMs(key, minMs, maxMs) : defaultMs);
    }

    /** In a topic of their own each: a consumer reads one format. */
    private static Map<FindingFormat, String> also(Section sink, Set<String> taken) {
        List<FindingFormat> formats =
                Arrays.stream(FindingFormat.values()).filter(format -> format != FindingFormat.OCSF).toList();
        Section also = sink.optionalSection("also")
                .allow(formats.stream().map(FindingFormat::label).toArray(String[]::new));
        Map<FindingFormat, String> topics = new EnumMap<>(FindingFormat.class);
        for (FindingFormat format : formats) {
            if (also.has(format.label())) {
                String topic = also.text(format.label(), NAME);
                if (!taken.add(topic)) {
                    also.problem(format.label(), "'" + topic + "' is the topic of something else; give each format its own");
                }
                topics.put(format, topic);
            }
        }
        return topics;
    }

    private static InputFormat format(Section source, Path folder) {
        List<String> names = Stream.concat(Stream.of("auto"), Arrays.stream(FlowFormat.values()).map(FlowFormat::label)).toList();
        String name = source.choice("format", false, names);
        ZoneId zone = zone(source);
        boolean named = name != null && !name.equals("auto");
        if (!source.has("mapping")) {
            return named ? InputFormat.of(FlowFormat.named(name), zone) : InputFormat.auto(zone);
        }
        if (named) {
            source.problem("mapping", "is a format of its own; take 'format: " + name + "' away");
        }
        return InputFormat.mapped(mapping(source, folder), zone);
    }

    /** A file, relative to the configuration's folder; null after a fault. */
    private static JsonMapping mapping(Section source, Path folder) {
        try {
            return MappingDocument.load(folder.resolve(source.text("mapping", 4_000)));
        } catch (DocumentException e) {
            e.problems().forEach(problem -> source.problem("mapping", problem));
            return null;
        }
    }

    private static ZoneId zone(Section source) {
        String name = text(source, "zone", "UTC");
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            source.problem("zone", "'" + name + "' is not a time zone such as UTC, +02:00 or Europe/Prague");
            return null;
        }
    }

    private static Joining joining(Section source) {
        Section connections = source.optionalSection("connections")
                .allow("stitch", "deduplicate", "inactive_timeout", "max_records");
        return new Joining(choice(connections, "stitch"), choice(connections, "deduplicate"));
    }

    private static Joining.Choice choice(Section connections, String key) {
        String name = connections.choice(key, false, Arrays.stream(Joining.Choice.values()).map(Joining.Choice::label).toList());
        return name == null ? Joining.Choice.AUTO : Joining.Choice.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static ConnectionSettings connections(Section source) {
        Section section = source.optionalSection("connections");
        ConnectionSettings byDefault = ConnectionSettings.DEFAULT;
        return byDefault
                .withInactive(duration(section, "inactive_timeout", byDefault.inactiveMs(), SECOND, HOUR).toMillis())
                .withMaxRecords(
                        section.has("max_records")
                                ? section.count("max_records", 10_000, 2_000_000_000)
                                : byDefault.maxRecords());
    }

    /** A preset by name, or a file, relative to the configuration's folder; null after a fault. */
    private static RuleText rules(Section root, Path folder) {
        try {
            return RuleText.named(text(root, "rules", "enterprise"), folder);
        } catch (DocumentException e) {
            e.problems().forEach(problem -> root.problem("rules", problem));
            return null;
        }
    }

    /** Null after a fault. */
    private static RuleSet inForce(Section root, RuleText text) {
        RuleSet rules = text.rules("rules");
        try {
            List<Network> networks = networks(root);
            return networks.isEmpty() ? rules : rules.withInternal(networks);
        } catch (IllegalArgumentException e) {
            root.problem("internal_subnets", e.getMessage());
            return null;
        }
    }

    private static List<Network> networks(Section root) {
        return root.list("internal_subnets", false, "network").stream()
                .map(scalar -> Network.parse(scalar.text()))
                .toList();
    }

    private static LiveRulesConfig liveRules(Section root, Path folder, Set<String> taken) {
        if (!root.has("live_rules")) {
            return null;
        }
        Section live = root.section("live_rules").allow("results_topic", "topic", "watch");
        String results = live.text("results_topic", NAME);
        boolean watch = live.flag("watch");
        String topic = live.has("topic") ? live.text("topic", NAME) : null;
        if (watch == (topic != null)) {
            live.problem("topic", "needs a topic to hear changes from, or 'watch: true' for those of the rule file, and not both");
        }
        if (!taken.add(results) || topic != null && !taken.add(topic)) {
            live.problem("results_topic", "'" + results + "' or '" + topic + "' is the topic of something else; give each its own");
        }
        if (root.has("internal_subnets")) {
            root.problem("internal_subnets", "write them into the rule file, where live_rules can change them");
        }
        String file = text(root, "rules", "enterprise");
        if (watch && RulesDocument.presets().contains(file)) {
            live.problem("watch", "there is no rule file: '" + file + "' is a preset");
        }
        return new LiveRulesConfig(results, topic, watch ? folder.resolve(file).toString() : null);
    }

    private static long secret(Section root, Path folder) {
        try {
            return SketchSecret.load(
                    root.has("sketch_secret_file") ? folder.resolve(root.text("sketch_secret_file", 4_000)) : null);
        } catch (IOException e) {
            root.problem("sketch_secret_file", e.getMessage());
            return 0;
        }
    }
}
