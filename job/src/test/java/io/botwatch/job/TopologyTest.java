package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.FilePlan;
import io.botwatch.source.FlowFileSource;
import io.botwatch.source.TimeRange;
import io.botwatch.wire.RecordSerializer;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopologyTest {

    /** Operators that there are whatever the rules: rules come and go without another graph. */
    private static final List<String> BOTH = List.of(
            "source",
            "classify",
            "changes-never-idle",
            "flows-spread",
            "volumetric-spread",
            "floods-spread",
            "outbound-spread",
            "lookups-spread",
            "connections",
            "beacon",
            "late",
            "volumetric-combine",
            "volumetric",
            "volumetric-never-idle",
            "floods-combine",
            "outbound-combine",
            "outbound",
            "outbound-never-idle",
            "long-connections",
            "lookups-combine",
            "dga",
            "dga-never-idle",
            "lifecycle",
            "findings",
            "dead-letters");

    private static String[] withBoth(String... others) {
        return Stream.concat(BOTH.stream(), Stream.of(others)).toArray(String[]::new);
    }

    /** State is found again by these: a change here is a decision that old savepoints lose it. */
    @Test
    void theOperatorsOfPresetEnterpriseHaveTheseUids() throws Exception {
        assertThat(uids("enterprise"))
                .containsExactlyInAnyOrder(withBoth(
                        "relay-combine-ORB-RELAY",
                        "relay-digest-ORB-RELAY",
                        "relay-pattern-ORB-RELAY",
                        "relay-ORB-RELAY",
                        "relay-totals-ORB-RELAY",
                        "relay-sessions-ORB-RELAY",
                        "story-findings-STORY",
                        "story-gate-STORY",
                        "story-STORY",
                        "lifecycle-STORY",
                        "contact-combine-population",
                        "namings",
                        "population",
                        "contact-combine-peers",
                        "contact-combine-hosts",
                        "appraise-peer",
                        "appraise-host"));
    }

    @Test
    void theOperatorsOfPresetAqlHaveTheseUids() throws Exception {
        assertThat(uids("aql"))
                .containsExactlyInAnyOrder(withBoth(
                        "relay-combine-AQL-RELAY",
                        "relay-digest-AQL-RELAY",
                        "relay-pattern-AQL-RELAY",
                        "relay-AQL-RELAY"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aql", "enterprise"})
    void everythingBetweenOperatorsHasASerializerOfOurs(String preset) throws Exception {
        StreamGraph graph = graph(preset);
        assertThat(graph.getStreamNodes())
                .filteredOn(node -> !node.getOutEdges().isEmpty())
                .allSatisfy(node -> assertThat(node.getTypeSerializerOut())
                        .as(node.getOperatorName())
                        .isInstanceOf(RecordSerializer.class));
        assertThat(graph.getStreamNodes()).extracting(StreamNode::getMaxParallelism).containsOnly(720);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BATCH", "AUTOMATIC"})
    void aModeThatWouldGiveOtherFindingsIsRefused(String mode) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setRuntimeMode(RuntimeExecutionMode.valueOf(mode));
        assertThatThrownBy(() -> Topology.configure(env))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("execution.runtime-mode: " + mode);
    }

    /** Ways from the source are told idle one by one; where they meet, one told so would hold back nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"aql", "enterprise"})
    void noWayOfCandidatesMeetsAnotherWhileItMayBeIdle(String preset) throws Exception {
        StreamGraph graph = graph(preset);
        Set<String> mayBeIdle = new TreeSet<>();
        Deque<StreamNode> reached = new ArrayDeque<>();
        graph.getSourceIDs().forEach(id -> reached.add(graph.getStreamNode(id)));
        while (!reached.isEmpty()) {
            StreamNode node = reached.remove();
            String uid = node.getTransformationUID();
            // Connections pass on no idleness either; a naming is never behind them: they wait until connections settle.
            boolean ends = uid.equals("connections") || uid.endsWith("-never-idle") || uid.equals("namings");
            if (!ends && mayBeIdle.add(uid)) {
                node.getOutEdges().forEach(edge -> reached.add(graph.getStreamNode(edge.getTargetId())));
            }
        }
        assertThat(mayBeIdle)
                .contains("classify")
                .anyMatch(uid -> uid.startsWith("volumetric-"))
                .noneMatch(uid -> uid.startsWith("appraise-") || uid.startsWith("lifecycle"));
    }

    private static List<String> uids(String preset) throws Exception {
        return graph(preset).getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .toList();
    }

    private static StreamGraph graph(String preset) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Topology.configure(env);
        FilePlan nothing = FilePlan.survey(List.of(), InputFormat.auto(ZoneOffset.UTC), n -> { });
        Topology.Outputs outputs = Topology.build(
                env.fromSource(
                                new FlowFileSource(nothing, TimeRange.ALL, Treatment.DEFAULT),
                                WatermarkStrategy.noWatermarks(),
                                "source",
                                DecodedSerializer.TYPE)
                        .uid("source"),
                RulesDocument.preset(preset),
                new Topology.Settings("tenant", 1, 2_000));
        outputs.findings().sinkTo(new DiscardingSink<>()).uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
        return env.getStreamGraph();
    }
}
