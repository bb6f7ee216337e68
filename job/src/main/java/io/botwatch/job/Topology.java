package io.botwatch.job;

import io.botwatch.beacon.BeaconOperator;
import io.botwatch.beacon.BeaconRule;
import io.botwatch.classify.ClassifyFunction;
import io.botwatch.combine.Combinings;
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
import io.botwatch.lifecycle.LifecycleFunction;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.ConnectionKey;
import io.botwatch.flow.ConnectionKeySelector;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetterSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.longconnection.LongConnectionFunction;
import io.botwatch.longconnection.LongConnectionRule;
import io.botwatch.outbound.OutboundCombining;
import io.botwatch.outbound.OutboundOperator;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.outbound.OutboundSums;
import io.botwatch.pattern.StoryPattern;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleSubject;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.rule.SpreadOperator;
import io.botwatch.story.StoryGateFunction;
import io.botwatch.story.StoryRule;
import io.botwatch.timing.NeverIdleOperator;
import io.botwatch.volumetric.VolumetricCombining;
import io.botwatch.volumetric.VolumetricFunction;
import io.botwatch.volumetric.VolumetricPartial;
import io.botwatch.volumetric.VolumetricRule;
import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RuleChange;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
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

    /**
     * What leaves the graph.
     *
     * @param quiet findings that are not for all, see {@link Finding.Audience}
     */
    public record Outputs(DataStream<Finding> findings, DataStream<Finding> quiet, DataStream<DeadLetter> dead) {}

    private final RuleTimeline rules;
    private final Settings settings;
    private final boolean aql;
    private BroadcastStream<Candidate> changes;
    private final List<DataStream<Candidate>> candidates = new ArrayList<>();
    private final List<DataStream<Finding>> quiet = new ArrayList<>();
    private final List<DataStream<DeadLetter>> dead = new ArrayList<>();

    /**
     * @param tenant part of every finding's uid
     * @param sketchSecret key of the sketches' hashes
     * @param flushIntervalMs longest wait of a partial before it is shuffled, ms of processing time
     * @param connections how records become connections
     * @param rulesMayChange whether changes of the rules may come with the records
     */
    public record Settings(
            String tenant, long sketchSecret, long flushIntervalMs, ConnectionSettings connections, boolean rulesMayChange) {
        public Settings(String tenant, long sketchSecret, long flushIntervalMs) {
            this(tenant, sketchSecret, flushIntervalMs, ConnectionSettings.DEFAULT, false);
        }
    }

    private Topology(RuleTimeline rules, Settings settings) {
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

    /** With the same rules at all times. */
    public static Outputs build(DataStream<Decoded> records, RuleSet rules, Settings settings) {
        return build(records, RuleTimeline.always(rules), settings);
    }

    public static Outputs build(DataStream<Decoded> records, RuleTimeline rules, Settings settings) {
        return new Topology(rules, settings).build(records);
    }

    private Outputs build(DataStream<Decoded> records) {
        SingleOutputStreamOperator<Flow> flows = records.process(new ClassifyFunction(rules.of(RuleSet::withoutExceptions)))
                .returns(FlowSerializer.TYPE)
                .name("classify")
                .uid("classify");
        dead.add(flows.getSideOutput(ClassifyFunction.DEAD));

        ConnectionKeySelector byConnection =
                aql ? ConnectionKeySelector.asRecorded() : ConnectionKeySelector.byConnection();
        changes = flows.getSideOutput(ClassifyFunction.CHANGES)
                .global()
                .transform("changes", CandidateSerializer.TYPE, new NeverIdleOperator<>())
                .uid("changes-never-idle")
                .setParallelism(1)
                .broadcast(LifecycleFunction.CHANGES);
        SingleOutputStreamOperator<Flow> connections = spread("flows", flows, byConnection, FlowSerializer.INSTANCE)
                .keyBy(byConnection, ConnectionKey.Serializer.TYPE)
                .transform(
                        "connections",
                        FlowSerializer.TYPE,
                        new ConnectionOperator(settings.connections(), byConnection, aql))
                .uid("connections");
        KeyedStream<Flow, ConnectionKey> keyed =
                DataStreamUtils.reinterpretAsKeyedStream(connections, byConnection, ConnectionKey.Serializer.TYPE);

        beacons(keyed, byConnection);
        DataStream<Flow> counted = flows.getSideOutput(ClassifyFunction.COUNTED);
        volumetric(counted);
        DataStream<Flow> totals = connections.getSideOutput(ConnectionOperator.TOTALS);
        outbound(counted, connections);
        rules.everActive(RelayRule.class).forEach(rule -> candidates.add(
                new RelayGraph(rule, rules.last().rules(), settings.sketchSecret()).candidates(connections, totals)));
        longConnections(totals);
        DataStream<Decoded> lookups = flows.getSideOutput(ClassifyFunction.LOOKUPS);
        dga(lookups);

        DataStream<Candidate> all = union(candidates);
        DataStream<Finding> findings = findings(
                "", aql ? all : AppraisalGraph.weighed(all, connections, lookups, settings.sketchSecret()));
        for (StoryRule rule : rules.everActive(StoryRule.class)) {
            findings = findings.union(findings("-" + rule.info().id(), stories(findings, rule)));
        }
        return new Outputs(findings, union(quiet), union(dead));
    }

    private DataStream<Finding> findings(String of, DataStream<Candidate> candidates) {
        SingleOutputStreamOperator<Finding> findings = candidates
                .keyBy(candidate -> candidate.storyKey, Types.STRING)
                .connect(changes)
                .process(new LifecycleFunction(rules, settings.tenant(), settings.rulesMayChange()))
                .returns(FindingSerializer.TYPE)
                .name("lifecycle" + of)
                .uid("lifecycle" + of);
        quiet.add(findings.getSideOutput(LifecycleFunction.QUIET));
        return findings;
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

    private void beacons(KeyedStream<Flow, ConnectionKey> connections, ConnectionKeySelector byConnection) {
        SingleOutputStreamOperator<Candidate> beacons = connections
                .transform("beacon", CandidateSerializer.TYPE, new BeaconOperator(only(BeaconRule.class), byConnection, aql, LATE))
                .uid("beacon");
        candidates.add(beacons);
        dead.add(beacons.getSideOutput(LATE)
                .map(flow -> DeadLetter.late("beacon", flow))
                .returns(DeadLetterSerializer.TYPE)
                .name("late")
                .uid("late"));
    }

    private void volumetric(DataStream<Flow> counted) {
        boolean enterprise = !aql;
        long secret = settings.sketchSecret();
        Combinings<Flow, VolumetricPartial> combinings = set -> set.active(VolumetricRule.class).stream()
                .map(rule -> new VolumetricCombining(rule, enterprise, secret))
                .toList();
        DataStream<VolumetricPartial> partials = counted.transform(
                        "combine volumetric",
                        VolumetricPartial.Serializer.TYPE,
                        new LocalCombiner<>(
                                only(VolumetricRule.class), combinings, VolumetricPartial.Serializer.INSTANCE, settings.flushIntervalMs()))
                .uid("volumetric-combine");
        candidates.add(neverIdle("volumetric", spread(
                        "volumetric", partials, VolumetricPartial::subject, VolumetricPartial.Serializer.INSTANCE)
                .keyBy(VolumetricPartial::subject, RuleSubject.Serializer.TYPE)
                .process(new VolumetricFunction(only(VolumetricRule.class), aql))
                .returns(CandidateSerializer.TYPE)
                .name("volumetric")
                .uid("volumetric")));
    }

    /** A flood is counted by records, everything else by connections. */
    private void outbound(DataStream<Flow> records, DataStream<Flow> connections) {
        DataStream<OutboundSums> sums = combined("floods", records, true).union(combined("outbound", connections, false));
        candidates.add(neverIdle("outbound", sums.keyBy(OutboundSums::subject, RuleSubject.Serializer.TYPE)
                .transform(
                        "outbound",
                        CandidateSerializer.TYPE,
                        new OutboundOperator(only(OutboundRule.class), settings.connections().maxRecords()))
                .uid("outbound")));
    }

    private DataStream<OutboundSums> combined(String of, DataStream<Flow> flows, boolean byRecords) {
        long secret = settings.sketchSecret();
        Combinings<Flow, OutboundSums> combinings = set -> set.active(OutboundRule.class).stream()
                .filter(rule -> rule.countsRecords() == byRecords)
                .map(rule -> new OutboundCombining(rule, set.roles(), secret))
                .toList();
        DataStream<OutboundSums> sums = flows.transform(
                        "combine " + of,
                        OutboundSums.Serializer.TYPE,
                        new LocalCombiner<>(only(OutboundRule.class), combinings, OutboundSums.Serializer.INSTANCE, 0))
                .uid(of + "-combine");
        return spread(of, sums, OutboundSums::subject, OutboundSums.Serializer.INSTANCE);
    }

    private void longConnections(DataStream<Flow> totals) {
        candidates.add(totals.process(new LongConnectionFunction(only(LongConnectionRule.class)))
                .returns(CandidateSerializer.TYPE)
                .name("long connections")
                .uid("long-connections"));
    }

    private void dga(DataStream<Decoded> lookups) {
        long secret = settings.sketchSecret();
        Combinings<Decoded, LookupSums> combinings = set -> set.active(DgaRule.class).stream()
                .map(rule -> new LookupCombining(rule, set.roles(), secret))
                .toList();
        DataStream<LookupSums> sums = lookups.transform(
                        "combine lookups",
                        LookupSums.Serializer.TYPE,
                        new LocalCombiner<>(only(DgaRule.class), combinings, LookupSums.Serializer.INSTANCE, 0))
                .uid("lookups-combine");
        candidates.add(neverIdle("dga", spread("lookups", sums, LookupSums::subject, LookupSums.Serializer.INSTANCE)
                .keyBy(LookupSums::subject, RuleSubject.Serializer.TYPE)
                .process(new DgaFunction(only(DgaRule.class)))
                .returns(CandidateSerializer.TYPE)
                .name("dga")
                .uid("dga")));
    }

    private RuleTimeline only(Class<? extends Rule> type) {
        return rules.of(set -> set.only(type));
    }

    /** For what is shuffled by key next: every subtask there gets the changes of the rules. */
    private static <T extends RuleChange.Carrier, K> DataStream<T> spread(
            String of, DataStream<T> records, KeySelector<T, K> selector, CarrierSerializer<T> serializer) {
        return records.transform("spread " + of, records.getType(), new SpreadOperator<>(selector, serializer))
                .uid(of + "-spread");
    }

    /** For what was shuffled right behind the source; connections are never idle themselves. */
    private static DataStream<Candidate> neverIdle(String of, DataStream<Candidate> found) {
        return found.transform("never idle " + of, CandidateSerializer.TYPE, new NeverIdleOperator<>())
                .uid(of + "-never-idle");
    }

    @SuppressWarnings("unchecked")
    private static <T> DataStream<T> union(List<DataStream<T>> streams) {
        return streams.get(0).union(streams.subList(1, streams.size()).toArray(new DataStream[0]));
    }
}
