package io.botwatch.probe;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.rules.RulesDocument;
import io.botwatch.connection.ConnectionSettings;
import io.botwatch.connection.Talk;
import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.generate.ArrivalOrder;
import io.botwatch.generate.ExportersView;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Treatment;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FeedProbeTest {
    private static final int TCP = 6;
    private static final int ACK = 16;
    private static final long ACTIVE_MS = 60_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final FeedProbe probe = new FeedProbe(RulesDocument.preset("enterprise"), NEVER);

    private void take(List<Flow> arrived) {
        FeedProbe.Source source = probe.source();
        Decoded decoded = new Decoded();
        for (Flow flow : arrived) {
            decoded.flow.copyFrom(flow);
            source.take(decoded.asFlow());
        }
    }

    private Feed finish() {
        return probe.finish(ConnectionSettings.DEFAULT);
    }

    @Test
    void whatTwoRoutersExportOfASimulatedDayIsToldExactly() {
        Scenario scenario = Scenario.enterprise(7, 4, 0.2);
        long connections = 0;
        long answered = 0;
        long perRouter = 0;
        long merged = 0;
        Map<String, Flow> last = new HashMap<>();
        FlowCursor cursor = scenario.cursor();
        Flow flow = new Flow();
        while (cursor.next(flow)) {
            boolean answers = flow.protocol != TCP || (flow.tcpFlags & ACK) != 0;
            long lasts = flow.endMs - flow.startMs;
            long pieces = Math.max(1, Math.min(flow.packets, lasts / ACTIVE_MS + 1));
            connections++;
            answered += answers ? 1 : 0;
            perRouter += pieces * (answers ? 2 : 1);
            Flow kept = new Flow();
            kept.copyFrom(flow);
            Flow before = last.put(flow.srcLo + " " + flow.srcPort + " " + flow.dstLo + " " + flow.dstPort, kept);
            merged += before != null && flow.startMs - before.endMs < 700_000 ? 1 : 0;
        }
        assertThat(merged).as("connections that may be taken for a part of another").isLessThan(connections / 100);

        FlowCursor arrived = new ArrivalOrder(new ExportersView(scenario.cursor()), 1);
        FeedProbe.Source source = probe.source();
        Decoded decoded = new Decoded();
        while (arrived.next(decoded.flow)) {
            Treatment.DEFAULT.apply(decoded.flow, false);
            source.take(decoded.asFlow());
        }
        Feed feed = finish();

        assertThat(feed.records().records()).isEqualTo(2 * perRouter);
        assertThat(feed.connections().records()).as("nothing is left undecided").isEqualTo(2 * perRouter);
        assertThat(feed.connections().copies()).isEqualTo(perRouter);
        assertThat(feed.connections().duplicateRatio()).isEqualTo(2);
        assertThat(feed.connections().connections()).isBetween(connections - merged, connections);
        assertThat(feed.connections().replies()).isBetween(answered - merged, answered);
        assertThat(feed.connections().pieces())
                .isBetween(perRouter - connections - answered, perRouter - connections - answered + 2 * merged);
        assertThat(feed.connections().oneWay()).isBetween(connections - answered - merged, connections - answered + merged);
        assertThat(feed.exporters()).extracting(Feed.Exporter::name).containsExactly("10.1.0.253", "10.1.0.254");
        assertThat(feed.exporters().get(0).connections().copies()).as("the router behind").isEqualTo(perRouter);
        assertThat(feed.records().latenessMs().max()).isBetween(30_000L, 80_000L);
        assertThat(feed.maxOutOfOrdernessMs()).isBetween(30_000L, 90_000L);
        assertThat(feed.wouldBeLate()).isZero();
    }

    @Test
    void whatNothingIsLateBeyondNeedsItsLatestAndAFewStragglersDoNotCount() {
        List<Flow> arrived = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            arrived.add(Flows.outbound(1, 1, 443, T + i * 1_000L - random.nextLong(75_000)));
        }
        take(arrived);
        assertThat(finish().maxOutOfOrdernessMs()).isEqualTo(80_000);

        FeedProbe other = new FeedProbe(RulesDocument.preset("enterprise"), NEVER);
        arrived.add(Flows.outbound(1, 1, 443, T - 86_400_000));
        FeedProbe.Source source = other.source();
        Decoded decoded = new Decoded();
        for (Flow flow : arrived) {
            decoded.flow.copyFrom(flow);
            source.take(decoded.asFlow());
        }
        Feed feed = other.finish(ConnectionSettings.DEFAULT);
        assertThat(feed.maxOutOfOrdernessMs()).isEqualTo(80_000);
        assertThat(feed.wouldBeLate()).isEqualTo(1);
    }

    @Test
    void eachSourceHasAnOrderOfItsOwn() {
        for (int partition = 0; partition < 3; partition++) {
            List<Flow> arrived = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                arrived.add(Flows.outbound(i, partition, 443, T + i * 60_000L));
            }
            take(arrived);
        }
        Feed feed = finish();
        assertThat(feed.records().latenessMs().max()).isZero();
        assertThat(feed.maxOutOfOrdernessMs()).isEqualTo(10_000);
    }

    @Test
    void recordsFromTheFutureOfTheClockAreCountedAndMakeNoOtherLate() {
        FeedProbe bounded = new FeedProbe(RulesDocument.preset("enterprise"), T + 1_000_000);
        FeedProbe.Source source = bounded.source();
        Decoded decoded = new Decoded();
        for (int i = 0; i < 100; i++) {
            decoded.flow.copyFrom(Flows.outbound(i, 1, 443, i == 10 ? T + 10_000_000_000L : T + i * 1_000L));
            source.take(decoded.asFlow());
        }
        Feed feed = bounded.finish(ConnectionSettings.DEFAULT);
        assertThat(feed.ahead()).isEqualTo(1);
        assertThat(feed.records().latenessMs().max()).isZero();
    }

    @Test
    void whatIsNoFlowIsCountedByReason() {
        FeedProbe.Source source = probe.source();
        source.take(new Decoded().asNotIp());
        for (Reason reason : List.of(Reason.MALFORMED, Reason.MALFORMED, Reason.BAD_TIME)) {
            source.take(new Decoded()
                    .asDead(DeadLetter.of(new byte[1], 0, 1, "", 0, new UndecodableException(reason, "it"))));
        }
        Feed feed = finish();
        assertThat(feed.notIp()).isEqualTo(1);
        assertThat(feed.dead()).containsOnly(Map.entry(Reason.MALFORMED, 2L), Map.entry(Reason.BAD_TIME, 1L));
        assertThat(feed.deadRecords()).isEqualTo(3);
        assertThat(probe.taken()).isEqualTo(4);
        assertThat(feed.ruleFits()).allSatisfy(fit -> {
            assertThat(fit.support()).isEqualTo(RuleFit.Support.NO);
            assertThat(fit.reason()).isEqualTo(fit.type().equals("dga") ? "there is no DNS record in it" : "there is no flow in it");
        });
    }

    @Test
    void directionsAreOfConnectionsNotOfTheirReplies() {
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            records.addAll(Talk.session(internal(i), 50_000, external(i), 443, T + i * 1_000L, 500, 100).records(Exporter.usual(1)));
        }
        take(records);
        Feed feed = finish();
        assertThat(feed.directions()).containsOnly(Map.entry(Direction.OUTBOUND, 50L));
    }

    @Test
    void aMillionExportersAndAbsurdTimesStayBounded() {
        FeedProbe.Source source = probe.source();
        Decoded decoded = new Decoded();
        SplittableRandom random = new SplittableRandom(3);
        int records = 200_000;
        for (int i = 0; i < records; i++) {
            decoded.flow.copyFrom(Flows.outbound(i, i, 443, T + i));
            decoded.flow.exporterLo = Address.v4(i * 5);
            if (i % 100 == 0) {
                decoded.flow.startMs = random.nextLong(-(1L << 60), 1L << 60);
                decoded.flow.endMs = decoded.flow.startMs + random.nextLong(1L << random.nextInt(1, 60));
                decoded.flow.exportedMs = random.nextLong();
            }
            decoded.flow.mayBePiece = decoded.flow.mayBeCopy = true;
            source.take(decoded.asFlow());
        }
        Feed feed = finish();
        assertThat(feed.exporters()).hasSize(257);
        assertThat(feed.exporters().get(0).name()).isEqualTo("other");
        assertThat(feed.exporters().get(0).records().records()).isEqualTo(records - 256);
        assertThat(feed.connections().records()).isEqualTo(records);
        assertThat(feed.maxOutOfOrdernessMs()).isBetween(10_000L, 86_400_000L);
        assertThat(feed.ruleFits()).hasSize(16);
    }
}
