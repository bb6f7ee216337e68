package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.document.YamlDocument;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.Test;

/** Flink ignores a key that it does not know, so a misspelt one would be a setting that is not there. */
class FlinkConfigurationTest {

    @Test
    void everyKeyOfTheSuggestedConfigurationIsOneOfFlinks() throws IllegalAccessException {
        Set<String> known = new TreeSet<>();
        for (Class<?> options : List.of(
                CheckpointingOptions.class,
                MetricOptions.class,
                RestartStrategyOptions.class,
                StateBackendOptions.class,
                TaskManagerOptions.class,
                RocksDBOptions.class,
                RocksDBConfigurableOptions.class)) {
            for (Field field : options.getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.get(null) instanceof ConfigOption<?> option) {
                    known.add(option.key());
                }
            }
        }
        // Reporters are named by the user, so their keys are no constants.
        known.add("metrics.reporter.prom.factory.class");
        known.add("metrics.reporter.prom.port");

        List<String> keys = YamlDocument.load(Path.of(System.getProperty("botwatch.root"), "flink-conf", "config.yaml"))
                .root()
                .keys();
        assertThat(keys).isNotEmpty();
        assertThat(known).containsAll(keys);
    }
}
