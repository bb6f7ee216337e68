package io.botwatch.finding;

import io.botwatch.flow.Address;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Where what is known of the external peer will weigh a candidate. In this version it passes candidates on; prevalence and
 * first-seen of the peer have their place here.
 */
public final class AppraiseFunction extends KeyedProcessFunction<Address, Candidate, Candidate> {

    @Override
    public void processElement(Candidate candidate, Context context, Collector<Candidate> out) {
        out.collect(candidate);
    }
}
