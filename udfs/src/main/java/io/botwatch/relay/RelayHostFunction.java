package io.botwatch.relay;

import io.botwatch.finding.Candidate;
import io.botwatch.flow.Address;
import io.botwatch.network.Roles;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * One story a host: gathers its pairs by bucket and says once a bucket, when the watermark has passed it, what is known by
 * then. Pairs and overflows come from two operators in any order; by bucket they come in one.
 */
public final class RelayHostFunction extends KeyedCoProcessFunction<Address, RelayPair, RelayedSession, Candidate> {
    private static final ValueStateDescriptor<RelayHost> HOST =
            new ValueStateDescriptor<>("host", RelayHost.Serializer.TYPE);
    private static final MapStateDescriptor<Long, RelayHost> BUCKETS =
            new MapStateDescriptor<>("buckets", Types.LONG, RelayHost.Serializer.TYPE);

    private final RelayRule rule;
    private final Roles roles;
    private final String configVersion;
    private final long secret;

    private transient ValueState<RelayHost> hosts;
    private transient MapState<Long, RelayHost> buckets;

    /**
     * @param roles which hosts are declared to be what
     * @param secret key of the sketches' hashes
     */
    public RelayHostFunction(RelayRule rule, Roles roles, String configVersion, long secret) {
        this.rule = rule;
        this.roles = roles;
        this.configVersion = configVersion;
        this.secret = secret;
    }

    @Override
    public void open(OpenContext context) {
        hosts = getRuntimeContext().getState(HOST);
        buckets = getRuntimeContext().getMapState(BUCKETS);
    }

    @Override
    public void processElement1(RelayPair pair, Context context, Collector<Candidate> out) throws Exception {
        RelayHost bucket = bucket(pair.knownAtMs(), context);
        bucket.add(pair, secret);
        buckets.put(pair.knownAtMs(), bucket);
    }

    @Override
    public void processElement2(RelayedSession session, Context context, Collector<Candidate> out) throws Exception {
        long knownAtMs = (session.endMs() / RelayPartial.BUCKET_MS + 1) * RelayPartial.BUCKET_MS;
        RelayHost bucket = bucket(knownAtMs, context);
        bucket.knownAtMs = knownAtMs;
        bucket.add(session);
        buckets.put(knownAtMs, bucket);
    }

    private RelayHost bucket(long knownAtMs, Context context) throws Exception {
        RelayHost bucket = buckets.get(knownAtMs);
        if (bucket == null) {
            bucket = new RelayHost();
            context.timerService().registerEventTimeTimer(knownAtMs - 1);
        }
        return bucket;
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Candidate> out) throws Exception {
        RelayHost host = hosts.value();
        long forgetAfterMs = Math.max(rule.info().suppressionMs(), rule.windowMs());
        if (host != null && timestamp > host.knownAtMs + forgetAfterMs) {
            hosts.clear(); // its story has closed; what comes now is a new one
            host = null;
        }
        RelayHost bucket = buckets.get(timestamp + 1);
        if (bucket == null) {
            return;
        }
        buckets.remove(timestamp + 1);
        if (host == null) {
            host = bucket;
        } else {
            context.timerService().deleteEventTimeTimer(host.knownAtMs + forgetAfterMs + 1);
            host.merge(bucket);
        }
        hosts.update(host);
        context.timerService().registerEventTimeTimer(host.knownAtMs + forgetAfterMs + 1);
        RelayScore score = RelayScore.of(host);
        Address address = context.getCurrentKey();
        if (score.severity() == null || roles.hasAny(rule.excludedRoles(), address.hi, address.lo, timestamp)) {
            return;
        }
        out.collect(new Candidate(
                Candidate.Signal.RAISED,
                rule.info().id() + '|' + address,
                address,
                rule.info().suppressionMs(),
                RelayEvidence.ofHost(rule, configVersion, address, host, score)));
    }
}
