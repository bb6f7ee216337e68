package io.botwatch.job;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;

/** Flink's options, by reflection. Flink ignores a key that it does not know, so a misspelt one would be a setting that is not there. */
final class FlinkOptions {
    private static final List<Class<?>> CLASSES = List.of(
            CheckpointingOptions.class,
            ClusterOptions.class,
            CoreOptions.class,
            HighAvailabilityOptions.class,
            JobManagerOptions.class,
            MetricOptions.class,
            RestOptions.class,
            RestartStrategyOptions.class,
            StateBackendOptions.class,
            TaskManagerOptions.class,
            RocksDBOptions.class,
            RocksDBConfigurableOptions.class);

    /** Keys that are no constants on the class path: of a reporter that the user names, of a plugin, of flink-kubernetes. */
    private static final Set<String> ELSEWHERE = Set.of(
            "metrics.reporter.prom.factory.class",
            "metrics.reporter.prom.port",
            "s3.endpoint",
            "s3.path.style.access",
            "kubernetes.taskmanager.service-account");

    /** Of the operator and its autoscaler, as its documentation lists them; its jars are not on the class path. */
    private static final Set<String> OPERATOR = Set.of(
            "kubernetes.operator.savepoint.format.type",
            "kubernetes.operator.periodic.savepoint.interval",
            "kubernetes.operator.savepoint.history.max.age",
            "kubernetes.operator.savepoint.history.max.count",
            "kubernetes.operator.cluster.health-check.enabled",
            "job.autoscaler.enabled",
            "job.autoscaler.utilization.target",
            "job.autoscaler.vertex.max-parallelism",
            "job.autoscaler.restart.time-tracking.enabled");

    private static final Map<String, ConfigOption<?>> OPTIONS = options();

    private FlinkOptions() {}

    private static Map<String, ConfigOption<?>> options() {
        Map<String, ConfigOption<?>> options = new HashMap<>();
        try {
            for (Class<?> type : CLASSES) {
                for (Field field : type.getFields()) {
                    if (Modifier.isStatic(field.getModifiers()) && field.get(null) instanceof ConfigOption<?> option) {
                        options.put(option.key(), option);
                    }
                }
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        return options;
    }

    static boolean isOperators(String key) {
        return OPERATOR.contains(key);
    }

    /** What is wrong with a setting; empty if nothing is. */
    static String problem(String key, String value) {
        ConfigOption<?> option = OPTIONS.get(key);
        if (option == null) {
            return ELSEWHERE.contains(key) || isOperators(key) ? "" : key + " is no key of Flink's";
        }
        Configuration configuration = new Configuration();
        configuration.setString(key, value);
        try {
            configuration.get(option);
            return "";
        } catch (IllegalArgumentException e) {
            return key + ": " + value + " is no value: " + e.getMessage();
        }
    }
}
