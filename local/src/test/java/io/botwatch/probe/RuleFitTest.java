package io.botwatch.probe;

import static io.botwatch.flow.Flows.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.ConnectionSettings;
import io.botwatch.connection.Talk;
import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.probe.RuleFit.Support;
import io.botwatch.rules.RulesDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RuleFitTest {
    private final List<Flow> flows = new ArrayList<>();
    private int dead;

    /** A thousand connections outward and a thousand inward, each changed. */
    private void both(Consumer<Flow> change) {
        for (int i = 0; i < 1_000; i++) {
            Flow outbound = Flows.outbound(i, i, 8443, T + i * 61_007L);
            Flow inbound = Flows.inbound(i, 50_000, i, 443, T + i * 61_007L);
            for (Flow flow : List.of(outbound, inbound)) {
                flow.tcpFlags = Talk.SYN;
                flow.biflow = true;
                change.accept(flow);
                flow.endMs = Math.max(flow.startMs, flow.endMs);
                flows.add(flow);
            }
        }
    }

    private void grain(long ms) {
        both(flow -> flow.startMs = flow.startMs / ms * ms);
    }

    private RuleFit fit(String type) {
        return fit("enterprise", type);
    }

    private RuleFit fit(String preset, String type) {
        FeedProbe probe = new FeedProbe(RulesDocument.preset(preset), T + 86_400_000L * 365);
        FeedProbe.Source source = probe.source();
        for (Flow flow : flows) {
            Decoded decoded = new Decoded();
            decoded.flow.copyFrom(flow);
            source.take(decoded.asFlow());
        }
        for (int i = 0; i < dead; i++) {
            source.take(new Decoded()
                    .asDead(DeadLetter.of(new byte[1], 0, 1, "", 0, new UndecodableException(Reason.MALFORMED, "it"))));
        }
        return probe.finish(ConnectionSettings.DEFAULT).ruleFits().stream()
                .filter(fit -> fit.type().equals(type) || fit.rule().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /** @param type of a rule, whose first one is meant, or a rule's id */
    private void says(String type, Support support, String... words) {
        RuleFit fit = fit(type);
        assertThat(fit.support()).as(fit.toString()).isEqualTo(support);
        for (String word : words) {
            assertThat(fit.reason()).contains(word);
        }
    }

    @Test
    void aFeedOfConnectionsWithFineTimesSupportsAllRules() {
        both(flow -> {});
        for (String type : List.of("beacon", "volumetric", "relay")) {
            says(type, Support.YES);
            assertThat(fit(type).reason()).isEmpty();
        }
    }

    @Test
    void wholeSecondsTakeFastBeaconsTheirCadence() {
        grain(1_000);
        says("beacon", Support.LESS, "starts are whole seconds: beacons under 10 s have no cadence");
        says("volumetric", Support.YES);
        says("relay", Support.LESS, "starts are whole seconds", "within 1 s is not known");
    }

    @Test
    void binsOfAMinuteTakeRelaysTheirOrder() {
        grain(60_000);
        says("beacon", Support.LESS, "starts are in bins of 60 s: beacons under 10 min have no cadence");
        says("volumetric", Support.YES);
        says("relay", Support.NO, "starts are in bins of 60 s: what came first within 300 s is not known");
    }

    @Test
    void binsOfFiveMinutesTakeFastBeaconsTheirCadence() {
        grain(300_000);
        says("BEACON-FAST", Support.NO, "starts are in bins of 300 s: beacons under 50 min have no cadence");
        says("BEACON-SLOW", Support.LESS, "starts are in bins of 300 s: beacons under 50 min have no cadence");
        says("volumetric", Support.YES);
        says("relay", Support.NO);
    }

    @Test
    void samplingSaysHowLikelyACheckInIsSeen() {
        both(flow -> flow.samplingRate = 1_000);
        says("beacon", Support.LESS, "sampled 1 in 1000: a 10-packet check-in is seen with probability 0.01");
        says("volumetric", Support.LESS, "sampled 1 in 1000", "lower bounds");
        says("relay", Support.NO, "sampled 1 in 1000: both sides of a relayed session of 10 packets");
    }

    @Test
    void sparseSamplingLeavesTooFewCheckIns() {
        both(flow -> flow.samplingRate = 10_000);
        says("beacon", Support.NO, "too rarely for 6 of them in a window");
    }

    @Test
    void oneSampledExporterOfSeveralTakesTheOthersNothing() {
        both(flow -> flow.samplingRate = flow.srcLo % 10 == 0 ? 1_000_000 : 1);
        says("beacon", Support.LESS, " % of records are sampled, up to 1 in 1000000: a 10-packet check-in");
        says("relay", Support.LESS, " % of records are sampled, up to 1 in 1000000: both sides");
    }

    @Test
    void aFeedWithoutInternalNetworksNamesTheOption() {
        both(flow -> {
            flow.srcLo += 1L << 30;
            flow.dstLo += 1L << 30;
        });
        for (String type : List.of("beacon", "volumetric", "relay")) {
            says(type, Support.NO, "no connection has an end in the internal networks: name yours with --internal");
        }
    }

    @Test
    void aRuleNeedsItsDirection() {
        for (int i = 0; i < 100; i++) {
            Flow flow = Flows.outbound(i, i, 8443, T + i * 61_007L);
            flow.biflow = true;
            flows.add(flow);
        }
        says("beacon", Support.YES);
        says("volumetric", Support.NO, "no connection goes from outside to the internal networks");
        says("relay", Support.NO, "no connection goes from outside to the internal networks");
    }

    @Test
    void guessedInitiatorsAndMissingFlagsWeakenWhatCountsConnections() {
        for (int i = 0; i < 100; i++) {
            flows.addAll(new Talk(Flows.internal(i), 20_000 + i, Flows.external(i), 21_000 + i, 6)
                    .packet(T + i * 1_007L, true, 100, Talk.ACK)
                    .records(Exporter.usual(1).withoutFlags()));
        }
        says("beacon", Support.LESS, "who began 100.0 % of connections is a guess", "100.0 % of TCP records have no flags");
    }

    @Test
    void wrongTimesAndGarbageWeakenAllRules() {
        both(flow -> flow.exportedMs = flow.startMs - 10_000);
        dead = 500;
        for (String type : List.of("beacon", "volumetric", "relay")) {
            says(type, Support.LESS, "20.0 % of it cannot be decoded", "100.0 % of records start after they were exported");
        }
    }

    @Test
    void recordsFromTheFutureOfTheClockAreRefusedLive() {
        both(flow -> flow.startMs += 86_400_000L * 1_000);
        says("volumetric", Support.LESS, "100.0 % of flows start in the future of the clock: a live job refuses them");
    }

    @Test
    void exportersWhoseClocksDifferBlurTheOrderOfRelays() {
        both(flow -> {
            flow.exporterLo = flow.srcPort == 50_000 && flow.dstPort == 443 ? 1 : 2;
            flow.exportedMs = flow.startMs + (flow.exporterLo == 1 ? 1_000 : 31_000);
        });
        says("relay", Support.LESS, "exporters export 30 s apart after a flow's end: their clocks may differ");
        says("beacon", Support.YES);
    }

    @Test
    void presetAqlCountsRecordsAndSaysSo() {
        flows.addAll(Talk.session(Flows.internal(1), 50_000, Flows.external(1), 8443, T, 3_600_000, 1_000).records(Exporter.usual(1)));
        RuleFit enterprise = fit("enterprise", "beacon");
        assertThat(enterprise.support()).as(enterprise.toString()).isEqualTo(Support.YES);
        RuleFit aql = fit("aql", "beacon");
        assertThat(aql.support()).as(aql.toString()).isEqualTo(Support.LESS);
        assertThat(aql.reason()).contains("preset aql counts records");
    }
}
