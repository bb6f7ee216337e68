package io.botwatch.job;

import io.botwatch.beacon.BeaconOperator;
import io.botwatch.beacon.BeaconRule;
import io.botwatch.classify.ClassifyFunction;
import io.botwatch.combine.LocalCombiner;
import io.botwatch.connection.ConnectionOperator;
import io.botwatch.connection.ConnectionSettings;
import io.botwatch.dga.DgaFunction;
import io.botwatch.dga.DgaRule;
import io.botwatch.dga.LookupCombining;
import io.botwatch.dga.LookupSums;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.LifecycleFunction;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Endpoint;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.longconnection.LongConnectionFunction;
import io.botwatch.longconnection.LongConnectionRule;
import io.botwatch.outbound.OutboundCombining;
import io.botwatch.outbound.OutboundFunction;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.outbound.OutboundSums;
import io.botwatch.pattern.StoryPattern;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.rules.RuleSet;
import io.botwatch.story.StoryGateFunction;
import io.botwatch.story.StoryRule;
import io.botwatch.timing.NeverIdleOperator;
import io.botwatch.volumetric.VolumetricCombining;
import io.botwatch.volumetric.VolumetricFunction;
import io.botwatch.volumetric.VolumetricPartial;
import io.botwatch.volumetric.VolumetricRule;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The graph, from decoded records to findings. It reads like the picture in docs/architecture.md; sources and sinks are its
 * caller's. Records are shuffled once, by connection; everything else is shuffled as partials or candidates.
 */
public final class Topology {
    private static final OutputTag<Flow> LATE = new OutputTag<>("late", FlowSerializer.TYPE);

    /** Fixed at the first checkpoint; it has many divisors, so that every likely parallelism shares the keys evenly. */
    private static final int MAX_PARALLELISM = 720;

    /** What leaves the graph. */
    public record Outputs(DataStream<Finding> findings, DataStream<DeadLetter> dead) {}

    private final RuleSet rules;
    private final Settings settings;
    private final boolean aql;
    private final List<DataStream<Candidate>> candidates = new ArrayList<>();
    private final List<DataStream<DeadLetter>> dead = new ArrayList<>();

    /**
     * @param tenant part of every finding's uid
     * @param sketchSecret key of the sketches' hashes
     * @param flushIntervalMs longest wait of a partial before it is shuffled, ms of processing time
     * @param connections how records become connections
     */
    public record Settings(
            String tenant, long sketchSecret, long flushIntervalMs, ConnectionSettings connections) {
        public Settings(String tenant, long sketchSecret, long flushIntervalMs) {
            this(tenant, sketchSecret, flushIntervalMs, ConnectionSettings.DEFAULT);
        }
    }

    private Topology(RuleSet rules, Settings settings) {
        this.rules = rules;
        this.settings = settings;
        this.aql = rules.preset() == RuleSet.Preset.AQL;
    }

    /**
     * What the graph asks of the environment, whoever made it.
     *
     * @throws IllegalArgumentException in any mode but STREAMING: BATCH ends event time for each key apart, so that a story's
     *     quiet period cannot be told from the end of the flows, and other findings would come of it
     */
    public static void configure(StreamExecutionEnvironment env) {
        RuntimeExecutionMode mode = env.getConfiguration().get(ExecutionOptions.RUNTIME_MODE);
        if (mode != RuntimeExecutionMode.STREAMING) {
            throw new IllegalArgumentException("execution.runtime-mode: " + mode
                    + " would give other findings; leave it at STREAMING, for a backfill as well: it ends with its topics");
        }
        Configuration config = new Configuration();
        config.set(PipelineOptions.OBJECT_REUSE, true);
        config.set(PipelineOptions.GENERIC_TYPES, false);
        config.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        config.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
        env.configure(config);
    }

    public static Outputs build(DataStream<Decoded> records, RuleSet rules, Settings settings) {
        return new Topology(rules, settings).build(records);
    }

    private Outputs build(DataStream<Decoded> records) {
        SingleOutputStreamOperator<Flow> flows = records.process(new ClassifyFunction(rules))
                .returns(FlowSerializer.TYPE)
                .name("classify")
                .uid("classify");
        dead.add(flows.getSideOutput(ClassifyFunction.DEAD));

        ConnectionKeySelector byConnection =
                aql ? ConnectionKeySelector.asRecorded() : ConnectionKeySelector.byConnection();
        SingleOutputStreamOperator<Flow> connections = flows.keyBy(byConnection, ConnectionKey.Serializer.TYPE)
                .transform(
                        "connections",
                        FlowSerializer.TYPE,
                        new ConnectionOperator(settings.connections(), byConnection, aql))
                .uid("connections");
        KeyedStream<Flow, ConnectionKey> keyed =
                DataStreamUtils.reinterpretAsKeyedStream(connections, byConnection, ConnectionKey.Serializer.TYPE);

        rules.active(BeaconRule.class).forEach(rule -> beacon(keyed, byConnection, rule));
        DataStream<Flow> counted = flows.getSideOutput(ClassifyFunction.COUNTED);
        rules.active(VolumetricRule.class).forEach(rule -> volumetric(counted, rule));
        DataStream<Flow> totals = connections.getSideOutput(ConnectionOperator.TOTALS);
        rules.active(OutboundRule.class).forEach(rule -> outbound(rule.countsRecords() ? counted : connections, rule));
        rules.active(RelayRule.class).forEach(rule ->
                candidates.add(new RelayGraph(rule, rules, settings.sketchSecret()).candidates(connections, totals)));
        rules.active(LongConnectionRule.class).forEach(rule -> longConnection(totals, rule));
        DataStream<Decoded> lookups = flows.getSideOutput(ClassifyFunction.LOOKUPS);
        rules.active(DgaRule.class).forEach(rule -> dga(lookups, rule));

        DataStream<Candidate> all = union(candidates);
        DataStream<Finding> findings = findings(
                "", aql ? all : AppraisalGraph.weighed(all, connections, lookups, settings.sketchSecret()));
        for (StoryRule rule : rules.active(StoryRule.class)) {
            findings = findings.union(findings("-" + rule.info().id(), stories(findings, rule)));
        }
        return new Outputs(findings, union(dead));
    }

    private DataStream<Finding> findings(String of, DataStream<Candidate> candidates) {
        return candidates
                .keyBy(candidate -> candidate.storyKey, Types.STRING)
                .process(new LifecycleFunction(settings.tenant()))
                .returns(FindingSerializer.TYPE)
                .name("lifecycle" + of)
                .uid("lifecycle" + of);
    }

    /** What the findings of one host say together. */
    private static DataStream<Candidate> stories(DataStream<Finding> findings, StoryRule rule) {
        DataStream<Finding> few = findings
                .filter(finding -> rule.side(finding) != null)
                .name("story findings " + rule.info().id())
                .uid("story-findings-" + rule.info().id())
                .keyBy(Finding::host, AddressSerializer.TYPE)
                .process(new StoryGateFunction(rule))
                .returns(FindingSerializer.TYPE)
                .name("story gate " + rule.info().id())
                .uid("story-gate-" + rule.info().id());
        return StoryPattern.stories(
                        DataStreamUtils.reinterpretAsKeyedStream(few, Finding::host, AddressSerializer.TYPE), rule)
                .name("story " + rule.info().id())
                .uid("story-" + rule.info().id());
    }

    private void beacon(
            KeyedStream<Flow, ConnectionKey> connections, ConnectionKeySelector byConnection, BeaconRule rule) {
        SingleOutputStreamOperator<Candidate> beacons = connections
                .transform(
                        "beacon " + rule.info().id(),
                        CandidateSerializer.TYPE,
                        new BeaconOperator(rule, rules.version(), byConnection, aql, rules.roles(), LATE))
                .uid("beacon-" + rule.info().id());
        candidates.add(beacons);
        dead.add(beacons.getSideOutput(LATE)
                .map(flow -> DeadLetter.late(rule.info().id(), flow))
                .returns(DeadLetterSerializer.TYPE)
                .name("late " + rule.info().id())
                .uid("late-" + rule.info().id()));
    }

    private void volumetric(DataStream<Flow> counted, VolumetricRule rule) {
        candidates.add(neverIdle("volumetric", rule, counted.transform(
                        "combine " + rule.info().id(),
                        VolumetricPartial.Serializer.TYPE,
                        new LocalCombiner<>(
                                new VolumetricCombining(rule, !aql, settings.sketchSecret()),
                                rule.earlyFiring() ? settings.flushIntervalMs() : 0))
                .uid("volumetric-combine-" + rule.info().id())
                .keyBy(VolumetricPartial::target, Endpoint.Serializer.TYPE)
                .process(new VolumetricFunction(rule, rules.version(), aql))
                .returns(CandidateSerializer.TYPE)
                .name("volumetric " + rule.info().id())
                .uid("volumetric-" + rule.info().id())));
    }

    private void outbound(DataStream<Flow> flows, OutboundRule rule) {
        candidates.add(neverIdle("outbound", rule, flows.transform(
                        "combine " + rule.info().id(),
                        OutboundSums.Serializer.TYPE,
                        // Windows are judged on the watermark only, so there is nothing to gain from flushing early.
                        new LocalCombiner<>(new OutboundCombining(rule, rules.roles(), settings.sketchSecret()), 0))
                .uid("outbound-combine-" + rule.info().id())
                .keyBy(OutboundSums::key, ConnectionKey.Serializer.TYPE)
                .process(new OutboundFunction(rule, rules.roles(), rules.version()))
                .returns(CandidateSerializer.TYPE)
                .name(rule.info().id())
                .uid("outbound-" + rule.info().id())));
    }

    private void longConnection(DataStream<Flow> totals, LongConnectionRule rule) {
        candidates.add(totals.process(new LongConnectionFunction(rule, rules.roles(), rules.version()))
                .returns(CandidateSerializer.TYPE)
                .name(rule.info().id())
                .uid("long-connection-" + rule.info().id()));
    }

    private void dga(DataStream<Decoded> lookups, DgaRule rule) {
        candidates.add(neverIdle("dga", rule, lookups.transform(
                        "combine " + rule.info().id(),
                        LookupSums.Serializer.TYPE,
                        new LocalCombiner<>(new LookupCombining(rule, rules.roles(), settings.sketchSecret()), 0))
                .uid("dga-combine-" + rule.info().id())
                .keyBy(LookupSums::host, AddressSerializer.TYPE)
                .process(new DgaFunction(rule, rules.version()))
                .returns(CandidateSerializer.TYPE)
                .name(rule.info().id())
                .uid("dga-" + rule.info().id())));
    }

    /** For what was shuffled right behind the source; connections are never idle themselves. */
    private static DataStream<Candidate> neverIdle(String of, Rule rule, DataStream<Candidate> found) {
        return found.transform("never idle " + rule.info().id(), CandidateSerializer.TYPE, new NeverIdleOperator<>())
                .uid(of + "-never-idle-" + rule.info().id());
    }

    @SuppressWarnings("unchecked")
    private static <T> DataStream<T> union(List<DataStream<T>> streams) {
        return streams.get(0).union(streams.subList(1, streams.size()).toArray(new DataStream[0]));
    }
}
