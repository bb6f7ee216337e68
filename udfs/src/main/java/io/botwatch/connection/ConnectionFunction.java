package io.botwatch.connection;

import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.Flow;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Where records become connections. In this version every record is taken for a connection of its own, which is right for
 * feeds that are connections already (Zeek, Argus); stitching, deduplication and folding of replies have their place here.
 */
public final class ConnectionFunction extends KeyedProcessFunction<ConnectionKey, Flow, Flow> {

    @Override
    public void processElement(Flow flow, Context context, Collector<Flow> out) {
        out.collect(flow);
    }
}
