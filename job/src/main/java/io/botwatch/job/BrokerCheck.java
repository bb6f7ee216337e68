package io.botwatch.job;

import io.botwatch.document.DocumentException;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.live.Clients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a job's configuration against the broker before the job is submitted: what would otherwise fail its first checkpoint,
 * or hours later. What the job's user may not ask of the broker is not checked, and a warning says so.
 */
final class BrokerCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerCheck.class);
    private static final String ANSWER_MS = "30000";
    private static final int HEADERS_BYTES = 2_048;
    private static final String TRANSACTION_LIMIT = "transaction.max.timeout.ms";

    private final JobConfig config;
    private final Admin admin;
    private final List<String> problems = new ArrayList<>();

    private BrokerCheck(JobConfig config) {
        this.config = config;
        Properties properties = Clients.of(config.bootstrapServers(), AdminClientConfig.configNames(), config.kafka());
        properties.putIfAbsent(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MS);
        properties.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MS);
        this.admin = Admin.create(properties);
    }

    /**
     * @throws DocumentException with everything that does not fit: no broker, no topic, a transaction longer than the broker
     *     allows, a topic that would refuse dead letters
     */
    static void check(JobConfig config) {
        try (BrokerCheck check = new BrokerCheck(config)) {
            check.topics();
            if (check.problems.isEmpty()) {
                check.transactions();
                check.deadLetters();
                check.liveRules();
            }
            if (!check.problems.isEmpty()) {
                throw new DocumentException(check.problems);
            }
        }
    }

    private void topics() {
        TreeSet<String> known;
        try {
            known = new TreeSet<>(admin.listTopics().names().get());
        } catch (ExecutionException e) {
            problems.add("source.bootstrap_servers: no answer from a broker at " + config.bootstrapServers() + ": "
                    + e.getCause().getMessage());
            return;
        } catch (InterruptedException e) {
            throw interrupted();
        }
        config.topics().forEach(topic -> exists("source.topics", topic, known));
        exists("sink.findings_topic", config.findingsTopic(), known);
        config.alsoTopics().forEach((format, topic) -> exists("sink.also." + format.label(), topic, known));
        if (config.shadowTopic() != null) {
            exists("sink.shadow_topic", config.shadowTopic(), known);
        }
        if (config.suppressedTopic() != null) {
            exists("sink.suppressed_topic", config.suppressedTopic(), known);
        }
        exists("sink.dead_letter_topic", config.deadLetterTopic(), known);
        if (config.liveRules() != null) {
            exists("live_rules.results_topic", config.liveRules().resultsTopic(), known);
            if (config.liveRules().topic() != null) {
                exists("live_rules.topic", config.liveRules().topic(), known);
            }
        }
    }

    private void exists(String key, String topic, TreeSet<String> known) {
        if (known.contains(topic)) {
            return;
        }
        // Topics that the user may not describe are left out of the list.
        KafkaFuture<?> described = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
        try {
            described.get();
        } catch (ExecutionException e) {
            boolean unseen = e.getCause() instanceof UnknownTopicOrPartitionException
                    || e.getCause() instanceof AuthorizationException;
            problems.add(key + ": there is no topic '" + topic + "' at " + config.bootstrapServers()
                    + (unseen
                            ? " that this user may see; create it or let the user describe it"
                            : ": " + e.getCause().getMessage()));
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private void transactions() {
        if (config.delivery() != DeliveryGuarantee.EXACTLY_ONCE) {
            return;
        }
        Duration timeout = config.transactionTimeout();
        if (timeout.compareTo(config.checkpointInterval().multipliedBy(2)) < 0) {
            problems.add("sink.transaction_timeout: " + timeout.toSeconds() + " s is less than two checkpoint intervals of "
                    + config.checkpointInterval().toSeconds() + " s: the broker would abort what a checkpoint has yet to commit");
        }
        try {
            String node = admin.describeCluster().nodes().get().iterator().next().idString();
            Config broker = settings(new ConfigResource(ConfigResource.Type.BROKER, node), "sink.transaction_timeout");
            long limitMs = broker == null ? Long.MAX_VALUE : Long.parseLong(broker.get(TRANSACTION_LIMIT).value());
            if (timeout.toMillis() > limitMs) {
                problems.add("sink.transaction_timeout: " + timeout.toSeconds() + " s is above the broker's " + TRANSACTION_LIMIT
                        + " of " + limitMs / 1_000 + " s; lower the one or raise the other");
            }
        } catch (ExecutionException e) {
            LOG.warn("sink.transaction_timeout is not checked: {}", e.getCause().getMessage());
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private void deadLetters() {
        String topic = config.deadLetterTopic();
        Config settings = settings(new ConfigResource(ConfigResource.Type.TOPIC, topic), "sink.dead_letter_topic");
        if (settings == null) {
            return;
        }
        if (settings.get("cleanup.policy").value().contains("compact")) {
            problems.add("sink.dead_letter_topic: '" + topic + "' is compacted and refuses records without a key, which dead letters"
                    + " are; set its cleanup.policy to delete");
        }
        int least = DeadLetter.MAX_PAYLOAD_BYTES + HEADERS_BYTES;
        if (Long.parseLong(settings.get("max.message.bytes").value()) < least) {
            problems.add("sink.dead_letter_topic: max.message.bytes of '" + topic + "' is "
                    + settings.get("max.message.bytes").value() + ", a dead letter takes up to " + least);
        }
    }

    /** The answers are the history of the rules: none may be deleted. */
    private void liveRules() {
        if (config.liveRules() == null) {
            return;
        }
        String topic = config.liveRules().resultsTopic();
        Config settings = settings(new ConfigResource(ConfigResource.Type.TOPIC, topic), "live_rules.results_topic");
        if (settings != null
                && settings.get("cleanup.policy").value().contains("delete")
                && !settings.get("retention.ms").value().equals("-1")) {
            problems.add("live_rules.results_topic: '" + topic + "' deletes messages after " + settings.get("retention.ms").value()
                    + " ms, and with them the history of the rules; set its retention.ms to -1");
        }
    }

    /** Null where they may not be seen. */
    private Config settings(ConfigResource of, String key) {
        try {
            return admin.describeConfigs(List.of(of)).all().get().get(of);
        } catch (ExecutionException e) {
            LOG.warn("{} is not checked: {}", key,
                    e.getCause() instanceof AuthorizationException
                            ? "the job's user may not describe the settings of " + of.type() + " " + of.name()
                            : e.getCause().getMessage());
            return null;
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static IllegalStateException interrupted() {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while the broker was asked");
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
