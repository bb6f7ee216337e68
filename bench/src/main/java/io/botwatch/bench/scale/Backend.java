package io.botwatch.bench.scale;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;

/** Where Flink keeps keyed state. What operators keep themselves is on the heap with either. */
enum Backend {
    HEAP("hashmap"),
    ROCKSDB("rocksdb");

    private final String type;

    Backend(String type) {
        this.type = type;
    }

    /** As flink-conf/config.yaml has it. */
    Configuration configuration() {
        Configuration config = new Configuration();
        config.set(StateBackendOptions.STATE_BACKEND, type);
        if (this == ROCKSDB) {
            config.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
            config.setString("state.backend.rocksdb.timer-service.factory", "ROCKSDB");
            config.setString("state.backend.rocksdb.memory.partitioned-index-filters", "true");
            config.setString("state.backend.rocksdb.use-bloom-filter", "true");
        }
        return config;
    }
}
