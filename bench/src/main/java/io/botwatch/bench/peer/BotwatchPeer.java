package io.botwatch.bench.peer;

import io.botwatch.bench.Backend;
import io.botwatch.embedded.Detection;
import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.finding.Finding;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.Topology;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.TimeRange;
import java.util.Set;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Preset {@code aql}: the queries as they are. */
record BotwatchPeer(Flows flows, Set<Query> asked, int parallelism, Backend backend) implements Peer {
    private static final RuleSet RULES = RulesDocument.preset("aql");

    BotwatchPeer(Flows flows, Set<Query> asked, int parallelism) {
        this(flows, asked, parallelism, Backend.HEAP);
    }

    @Override
    public Answer ask() throws Exception {
        Answer answer = new Answer(flows.latestMs(), asked);
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        env.configure(backend.configuration(Backend.A_SLOT));
        Topology.configure(env);
        Topology.Outputs outputs = Topology.build(
                Detection.flows(env, flows.plan(), TimeRange.ALL, Treatment.DEFAULT),
                KindsOfRules.of(RULES, asked),
                new Topology.Settings("default", 42, 2_000));
        outputs.findings()
                .sinkTo(new CollectSink<>(finding -> add(finding, answer)))
                .setParallelism(1)
                .uid("findings");
        outputs.dead().sinkTo(new DiscardingSink<>()).uid("dead-letters");
        EmbeddedCluster.run(env, "botwatch", counters -> {});
        return answer.complete();
    }

    private static void add(Finding finding, Answer answer) {
        switch (finding.type) {
            case BEACON -> answer.beacon(finding.src, finding.dst, finding.dstPort, finding.episodeMs);
            case VOLUMETRIC -> answer.volumetric(finding.dst, finding.dstPort, finding.episodeMs);
            case RELAY -> {
                if (finding.dst == null) {
                    answer.overflow(finding.relay);
                } else {
                    answer.relay(finding.src, finding.relay, finding.dst, finding.dstPort);
                }
            }
            default -> throw new IllegalStateException(finding.type + " is none of the three queries");
        }
    }
}
