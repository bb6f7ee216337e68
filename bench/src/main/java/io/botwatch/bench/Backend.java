package io.botwatch.bench;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;

/** Where Flink keeps keyed state. What operators keep themselves is on the heap with either. */
public enum Backend {
    HEAP("hashmap"),
    ROCKSDB("rocksdb");

    /** RocksDB's memory, where nothing else is asked for. */
    public static final MemorySize A_SLOT = MemorySize.ofMebiBytes(512);

    private final String type;

    Backend(String type) {
        this.type = type;
    }

    /**
     * As flink-conf/config.yaml has it.
     *
     * @param aSlot RocksDB's memory
     */
    public Configuration configuration(MemorySize aSlot) {
        Configuration config = new Configuration();
        config.set(StateBackendOptions.STATE_BACKEND, type);
        if (this == ROCKSDB) {
            config.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
            config.setString("state.backend.rocksdb.timer-service.factory", "ROCKSDB");
            config.setString("state.backend.rocksdb.memory.partitioned-index-filters", "true");
            config.setString("state.backend.rocksdb.use-bloom-filter", "true");
            config.setString("state.backend.rocksdb.memory.fixed-per-slot", aSlot.toString());
        }
        return config;
    }
}
