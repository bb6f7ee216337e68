package io.botwatch.job;

import io.botwatch.combine.LocalCombiner;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.pattern.RelayPattern;
import io.botwatch.relay.IntervalRelayFunction;
import io.botwatch.relay.RelayCombining;
import io.botwatch.relay.RelayDigest;
import io.botwatch.relay.RelayDigestFunction;
import io.botwatch.relay.RelayHostFunction;
import io.botwatch.relay.RelayPair;
import io.botwatch.relay.RelayPairFunction;
import io.botwatch.relay.RelayPartial;
import io.botwatch.relay.RelayRule;
import io.botwatch.relay.RelayTraffic;
import io.botwatch.relay.RelayedSession;
import io.botwatch.relay.RelayedSessionFunction;
import io.botwatch.rule.RuleSet;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** The part of the graph that finds relays by one rule. */
final class RelayGraph {
    private static final OutputTag<RelayPair> OVERFLOW = new OutputTag<>("overflow", RelayPair.Serializer.TYPE);

    private final RelayRule rule;
    private final RuleSet rules;
    private final long sketchSecret;

    /** @param sketchSecret key of the sketches' hashes */
    RelayGraph(RelayRule rule, RuleSet rules, long sketchSecret) {
        this.rule = rule;
        this.rules = rules;
        this.sketchSecret = sketchSecret;
    }

    /** @param totals of the same connections */
    DataStream<Candidate> candidates(DataStream<Flow> connections, DataStream<Flow> totals) {
        DataStream<RelayPair> pairs =
                rule.engine() == RelayRule.Engine.CEP ? pairsByPattern(connections) : pairsByInterval(connections);
        KeyedStream<RelayPair, Address> byHost = pairs.keyBy(RelayPair::host, AddressSerializer.TYPE);
        return (rule.perHost()
                        ? byHost.connect(relayedSessions(totals).keyBy(RelayedSession::host, AddressSerializer.TYPE))
                                .process(new RelayHostFunction(
                                        rule, rules.roles(), rules.version(), sketchSecret))
                        : byHost.process(new RelayPairFunction(rule, rules.version())))
                .returns(CandidateSerializer.TYPE)
                .name("relay " + rule.info().id())
                .uid("relay-" + rule.info().id());
    }

    private DataStream<RelayedSession> relayedSessions(DataStream<Flow> totals) {
        RelayTraffic traffic = new RelayTraffic(rule);
        return totals.filter(total -> RelayedSessionFunction.carriesMuch(total)
                        && (traffic.isInbound(total) || traffic.isOutbound(total)))
                .name("relay totals " + rule.info().id())
                .uid("relay-totals-" + rule.info().id())
                .keyBy(RelayTraffic::host, AddressSerializer.TYPE)
                .process(new RelayedSessionFunction(rule))
                .returns(RelayedSession.Serializer.TYPE)
                .name("relayed sessions " + rule.info().id())
                .uid("relay-sessions-" + rule.info().id());
    }

    private DataStream<RelayPair> pairsByPattern(DataStream<Flow> connections) {
        SingleOutputStreamOperator<RelayDigest> digests = connections
                .transform(
                        "combine " + rule.info().id(),
                        RelayPartial.Serializer.TYPE,
                        // Digests decide on the watermark only, so there is nothing to gain from flushing them early.
                        new LocalCombiner<>(new RelayCombining(rule)))
                .uid("relay-combine-" + rule.info().id())
                .keyBy(RelayPartial::host, AddressSerializer.TYPE)
                .process(new RelayDigestFunction(rule, OVERFLOW))
                .returns(RelayDigest.Serializer.TYPE)
                .name("digest " + rule.info().id())
                .uid("relay-digest-" + rule.info().id());
        KeyedStream<RelayDigest, Address> keyed =
                DataStreamUtils.reinterpretAsKeyedStream(digests, RelayDigest::host, AddressSerializer.TYPE);
        return RelayPattern.pairs(keyed, rule.windowMs())
                .name("pattern " + rule.info().id())
                .uid("relay-pattern-" + rule.info().id())
                .union(digests.getSideOutput(OVERFLOW));
    }

    private DataStream<RelayPair> pairsByInterval(DataStream<Flow> connections) {
        RelayTraffic traffic = new RelayTraffic(rule);
        SingleOutputStreamOperator<RelayPair> pairs = connections
                .filter(flow -> traffic.isInbound(flow) || traffic.isOutbound(flow))
                .name("relay traffic " + rule.info().id())
                .uid("relay-traffic-" + rule.info().id())
                .keyBy(RelayTraffic::host, AddressSerializer.TYPE)
                .process(new IntervalRelayFunction(rule, OVERFLOW))
                .returns(RelayPair.Serializer.TYPE)
                .name("interval " + rule.info().id())
                .uid("relay-interval-" + rule.info().id());
        return pairs.union(pairs.getSideOutput(OVERFLOW));
    }
}
