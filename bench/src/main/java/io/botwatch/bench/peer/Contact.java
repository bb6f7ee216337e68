package io.botwatch.bench.peer;

import io.botwatch.classify.Classifier;
import io.botwatch.embedded.Detection;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Route;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Treatment;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import io.botwatch.source.TimeRange;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/**
 * A flow as a job made for the three queries would have it. Such a job is lent Botwatch's decoder and filters, so that it
 * differs in what comes behind them alone.
 *
 * @param startMs epoch ms
 * @param beacon whether the beacon query is about it; and so on
 */
public record Contact(
        long startMs,
        String src,
        String dst,
        int dstPort,
        boolean beacon,
        boolean volumetric,
        boolean relayIn,
        boolean relayOut) {

    /** The internal host of a relay's leg. */
    public String host() {
        return relayIn ? dst : src;
    }

    /** Those of the file that any of the queries is about; their timestamp is their start. */
    static DataStream<Contact> of(StreamExecutionEnvironment env, FilePlan plan) {
        return Detection.flows(env, plan, TimeRange.ALL, Treatment.DEFAULT)
                .flatMap(new Read())
                .returns(TypeInformation.of(Contact.class))
                .setParallelism(1)
                .uid("contacts");
    }

    private static final class Read implements FlatMapFunction<Decoded, Contact> {
        private transient Classifier classifier;

        @Override
        public void flatMap(Decoded record, Collector<Contact> out) {
            if (classifier == null) {
                classifier = new Classifier(RulesDocument.preset("aql"));
            }
            Flow flow = record.flow;
            classifier.classify(flow);
            if (flow.routes != 0) {
                out.collect(new Contact(
                        flow.startMs,
                        Address.format(flow.srcHi, flow.srcLo),
                        Address.format(flow.dstHi, flow.dstLo),
                        flow.dstPort,
                        (flow.routes & Route.BEACON) != 0,
                        (flow.routes & Route.VOLUMETRIC) != 0,
                        (flow.routes & Route.RELAY_IN) != 0,
                        (flow.routes & Route.RELAY_OUT) != 0));
            }
        }
    }
}
