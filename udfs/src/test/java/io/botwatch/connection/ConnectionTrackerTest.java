package io.botwatch.connection;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Trait;
import io.botwatch.flow.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConnectionTrackerTest {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final Exporter ONE = Exporter.usual(1);
    private static final Exporter TWO = Exporter.usual(2).skewed(3 * SECOND);

    private static Talk longSession() {
        return Talk.session(internal(1), 51_000, external(1), 443, T, 24 * HOUR, 10 * SECOND);
    }

    private static List<Flow> seenBy(Talk talk, Exporter... exporters) {
        List<Flow> records = new ArrayList<>();
        for (Exporter exporter : exporters) {
            records.addAll(talk.records(exporter));
        }
        return records;
    }

    @Test
    void aSessionOfADayThatWasCutEveryMinuteIsOneConnectionWithItsTrueTotals() {
        Talk talk = longSession();
        assertThat(talk.records(ONE)).hasSize(2 * 1_440);

        Tracked tracked = Tracked.byDefault().addAll(talk.records(ONE)).end();

        assertThat(tracked.opened).hasSize(1);
        assertThat(tracked.opened.get(0).startMs).isEqualTo(T);
        assertThat(tracked.totals).as("hourly while it may go on, and at the end").hasSize(25);
        assertIsTheWholeOf(tracked.totals.get(24), talk, 0);
    }

    @Test
    void twoExportersThreeSecondsApartMakeNoDifference() {
        Talk talk = longSession();

        Tracked tracked = Tracked.byDefault().addAll(seenBy(talk, TWO, ONE)).end();

        assertThat(tracked.opened).hasSize(1);
        assertIsTheWholeOf(tracked.totals.get(tracked.totals.size() - 1), talk, 0);
        assertThat(tracked.joined.get(Part.COPY)).isEqualTo(2 * 1_440);
    }

    private static void assertIsTheWholeOf(Flow total, Talk talk, long toleranceMs) {
        assertThat(total.srcLo).isEqualTo(talk.clientLo);
        assertThat(total.dstPort).isEqualTo(talk.serverPort);
        assertThat(Math.abs(total.startMs - talk.startMs())).isLessThanOrEqualTo(toleranceMs);
        assertThat(Math.abs(total.endMs - talk.endMs())).isLessThanOrEqualTo(toleranceMs);
        assertThat(total.packets).isEqualTo(talk.count(true));
        assertThat(total.bytes).isEqualTo(talk.bytes(true));
        assertThat(total.reversePackets).isEqualTo(talk.count(false));
        assertThat(total.reverseBytes).isEqualTo(talk.bytes(false));
    }

    @Test
    void aPersonsSessionsAreAsManyConnectionsAsThereWereSessions() {
        SplittableRandom random = new SplittableRandom(3);
        Tracked tracked = Tracked.byDefault();
        long at = T;
        for (int i = 0; i < 8; i++) {
            long length = random.nextLong(20 * MINUTE, 120 * MINUTE);
            Talk talk = Talk.session(internal(2), 40_000 + i, external(2), 443, at, length, random.nextLong(2_000, 40_000));
            tracked.addAll(seenBy(talk, ONE, TWO));
            at += length + random.nextLong(5 * MINUTE, 40 * MINUTE);
        }

        assertThat(tracked.end().opened).hasSize(8);
    }

    @Test
    void aBeaconThroughTwoExportersInBothDirectionsIsCountedOnceACheckIn() {
        Tracked tracked = Tracked.byDefault();
        for (int i = 0; i < 1_440; i++) {
            // the same port every other hour, so that 5-tuples come back
            Talk talk = Talk.session(
                    internal(3), 40_000 + i % 120, external(3), 8443, T + i * MINUTE, 800, 100);
            tracked.addAll(seenBy(talk, ONE, TWO));
        }

        tracked.end();

        assertThat(tracked.opened).hasSize(1_440);
        assertThat(tracked.opened.stream().map(flow -> flow.startMs).sorted().toList())
                .isEqualTo(java.util.stream.LongStream.range(0, 1_440).mapToObj(i -> T + i * MINUTE).toList());
        assertThat(tracked.totals).hasSize(1_440).allSatisfy(flow -> {
            assertThat(flow.srcLo).isEqualTo(internal(3));
            assertThat(flow.packets).isEqualTo(10);
        });
    }

    @Test
    void aUdpBeaconOnOnePortIsCountedACheckIn() {
        Tracked tracked = Tracked.byDefault();
        for (int i = 0; i < 1_440; i++) {
            tracked.addAll(seenBy(Talk.question(internal(3), 5_000, external(3), 50_050, T + i * MINUTE), ONE, TWO));
        }

        assertThat(tracked.end().opened).hasSize(1_440);
    }

    @Test
    void aConnectionThatSpeaksMoreSeldomThanTheInactiveTimeoutIsToldByItsFlags() {
        Talk talk = Talk.session(internal(4), 51_000, external(4), 80, T, HOUR, 45 * SECOND);
        assertThat(talk.records(ONE)).as("each exchange is a record of its own").hasSizeGreaterThan(100);

        assertThat(Tracked.byDefault().addAll(talk.records(ONE)).end().opened).hasSize(1);
    }

    @Test
    void datagramsThatTheExporterHeldTogetherOverGapsAreStillTogetherWhereItCutThem() {
        Talk talk = new Talk(internal(4), 51_820, external(4), 51_820, 17);
        for (int i = 0; i < 200; i++) {
            talk.packet(T + i * 25 * SECOND, true, 148, 0);
        }
        Exporter patient = new Exporter(1, 0, 60 * SECOND, 120 * SECOND, true, true);
        assertThat(talk.records(patient)).as("three packets each").hasSize(67);

        assertThat(Tracked.byDefault().addAll(talk.records(patient)).end().opened).hasSize(1);
    }

    @Test
    void aSynAfterAFinIsAnotherConnectionOnTheSameEnds() {
        Talk first = Talk.session(internal(5), 51_000, external(5), 443, T, 2 * SECOND, SECOND);
        Talk second = Talk.session(internal(5), 51_000, external(5), 443, T + 8 * SECOND, 2 * SECOND, SECOND);

        Tracked tracked =
                Tracked.byDefault().addAll(seenBy(first, ONE, TWO)).addAll(seenBy(second, ONE, TWO)).end();

        assertThat(tracked.opened).hasSize(2);
        assertThat(tracked.totals).hasSize(2);
        assertThat(tracked.totals).allSatisfy(flow -> assertThat(flow.packets).isEqualTo(first.count(true)));
    }

    @Test
    void theOtherExporterGoesOnWhenTheFirstFallsSilent() {
        Talk talk = Talk.session(internal(6), 51_000, external(6), 443, T, 20 * MINUTE, 5 * SECOND);
        List<Flow> records = new ArrayList<>(talk.records(TWO));
        talk.records(ONE).stream().filter(flow -> flow.startMs < T + 10 * MINUTE).forEach(records::add);

        Tracked tracked = Tracked.byDefault().addAll(records).end();

        assertThat(tracked.opened).hasSize(1);
        Flow total = tracked.totals.get(0);
        assertThat(total.packets).as("to within what the clocks' difference hides").isBetween(talk.count(true) - 1, talk.count(true) + 1);
        assertThat(total.endMs).isEqualTo(talk.endMs() + TWO.skewMs());
    }

    @Test
    void repliesAloneAreNoConnection() {
        Talk talk = Talk.session(external(7), 51_000, internal(7), 443, T, 10 * SECOND, SECOND);
        List<Flow> replies = talk.records(ONE).stream().filter(flow -> flow.srcPort == 443).toList();

        Tracked tracked = Tracked.byDefault().addAll(replies).end();

        assertThat(tracked.opened).isEmpty();
        assertThat(tracked.totals).hasSize(1);
        assertThat(tracked.totals.get(0).traits & Trait.REPLY_ONLY).isNotZero();
        assertThat(tracked.totals.get(0).srcLo).isEqualTo(external(7));
        assertThat(tracked.totals.get(0).packets).isZero();
        assertThat(tracked.totals.get(0).reversePackets).isEqualTo(talk.count(false));
    }

    @Test
    void repliesThatBecameKnownFirstBecomeAConnectionWithTheInitiatorsFirstRecord() {
        Talk talk = new Talk(internal(7), 51_000, external(7), 123, 17);
        talk.packet(T, false, 100, 0);
        talk.packet(T + 9 * SECOND, true, 100, 0);

        Tracked tracked = Tracked.byDefault().addAll(talk.records(ONE)).end();

        assertThat(tracked.opened).hasSize(1);
        assertThat(tracked.opened.get(0).startMs).isEqualTo(T + 9 * SECOND);
        assertThat(tracked.opened.get(0).srcLo).isEqualTo(internal(7));
    }

    @Test
    void anAnswerToAForgedSynThatIsRefusedIsNoConnectionWhicheverItsPorts() {
        for (int port : new int[] {443, 25_565, 51_000}) {
            Talk backscatter = new Talk(internal(7), 4_000, external(7), port, 6);
            backscatter.packet(T, false, 40, Talk.SYN | Talk.ACK).packet(T + 30, true, 40, Talk.RST);

            Tracked tracked = Tracked.byDefault().addAll(seenBy(backscatter, ONE, TWO)).end();

            assertThat(tracked.opened).as("port %d", port).isEmpty();
            assertThat(tracked.totals).hasSize(1);
            assertThat(tracked.totals.get(0).traits & Trait.REPLY_ONLY).isNotZero();
            assertThat(tracked.totals.get(0).srcLo).isEqualTo(internal(7));
        }
    }

    @Test
    void aScanThatResetsWhatAnswersItsSynIsAConnectionAndSoIsWhatGoesOnAfterARefusal() {
        Talk scan = new Talk(external(7), 40_000, internal(7), 443, 6);
        scan.packet(T, true, 40, Talk.SYN).packet(T + 20, false, 44, Talk.SYN | Talk.ACK).packet(T + 40, true, 40, Talk.RST);
        assertThat(Tracked.byDefault().addAll(scan.records(ONE)).end().opened).hasSize(1);

        Talk oddly = new Talk(internal(7), 40_000, external(7), 443, 6);
        oddly.packet(T, false, 44, Talk.SYN | Talk.ACK).packet(T + 20, true, 40, Talk.RST);
        oddly.packet(T + 8 * SECOND, true, 200, Talk.ACK);
        Tracked tracked = Tracked.byDefault().addAll(oddly.records(ONE)).end();
        assertThat(tracked.opened).hasSize(1);
        assertThat(tracked.opened.get(0).startMs).isEqualTo(T + 8 * SECOND);
        assertThat(tracked.totals).hasSize(1);
    }

    @Test
    void aDatagramWithoutAnAnswerIsItsSendersConnectionWhicheverUnknownPortsItHas() {
        for (int port : new int[] {175, 20_882, 43_005}) {
            Talk probe = new Talk(internal(7), 11_694, external(7), port, 17).packet(T, true, 37, 0);

            Flow opened = Tracked.byDefault().addAll(probe.records(ONE)).end().opened.get(0);

            assertThat(opened.srcLo).as("port %d", port).isEqualTo(internal(7));
            assertThat(opened.traits & Trait.GUESSED_INITIATOR).isNotZero();
        }
    }

    @Test
    void theEarlierSynBeganEvenIfThePortsSayOtherwise() {
        Talk active = Talk.session(external(8), 20, internal(8), 51_000, T, 10 * SECOND, SECOND);

        Flow opened = Tracked.byDefault().addAll(active.records(ONE)).end().opened.get(0);

        assertThat(opened.srcPort).isEqualTo(20);
        assertThat(opened.traits & Trait.GUESSED_INITIATOR).isZero();
    }

    @Test
    void whoBeganOnPortsThatDoNotTellIsTheEarlierAndIsCalledAGuessOnlyWhereItIsOne() {
        Talk peers = new Talk(internal(9), 40_001, external(9), 50_002, 17);
        peers.packet(T, true, 100, 0).packet(T + 30, false, 100, 0);

        Flow bothWays = Tracked.byDefault().addAll(peers.records(ONE)).end().opened.get(0);
        assertThat(bothWays.srcLo).isEqualTo(internal(9));
        assertThat(bothWays.traits & Trait.GUESSED_INITIATOR).isZero();

        Flow oneWay = Tracked.byDefault().addAll(peers.records(ONE.oneWay())).end().opened.get(0);
        assertThat(oneWay.srcLo).isEqualTo(internal(9));
        assertThat(oneWay.traits & Trait.GUESSED_INITIATOR).isNotZero();
    }

    @Test
    void aConnectionIsPutOutSoonAfterItsStartAndNeverBehindTheWatermarkThatIsHandedOn() {
        SplittableRandom random = new SplittableRandom(11);
        Tracked tracked = Tracked.byDefault();
        long handedOn = Long.MIN_VALUE;
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            records.addAll(Talk.question(internal(i % 7), 40_000 + i, external(i % 5), 53, T + i * 137).records(ONE));
        }
        records.sort(Comparator.comparingLong(flow -> flow.startMs));
        int seen = 0;
        for (Flow record : records) {
            tracked.add(record);
            if (random.nextInt(4) == 0) {
                long settled = tracked.advance(record.startMs);
                for (; seen < tracked.opened.size(); seen++) {
                    assertThat(tracked.opened.get(seen).startMs).isGreaterThan(handedOn);
                    assertThat(tracked.openedAt.get(seen) - tracked.opened.get(seen).startMs)
                            .as("lag behind the watermark")
                            .isLessThan(5_000 + 1_000 + 2_000);
                }
                handedOn = settled;
            }
        }
        assertThat(seen).isGreaterThan(100);
    }

    @Test
    void whatIsOverIsForgotten() {
        Tracked tracked = Tracked.byDefault();
        tracked.addAll(longSession().records(ONE)).addAll(Talk.question(internal(1), 40_000, external(1), 53, T).records(ONE));
        tracked.advance(T + 24 * HOUR + 30 * SECOND);

        assertThat(tracked.tracker.held()).isZero();
    }

    @Test
    void withoutStitchingEveryRecordIsAConnectionAndCopiesAreStillLeftOut() {
        List<Flow> records = seenBy(Talk.session(internal(1), 51_000, external(1), 443, T, HOUR, SECOND), ONE.oneWay(), TWO.oneWay());
        records.forEach(flow -> flow.mayBePiece = false);

        Tracked tracked = Tracked.byDefault().addAll(records).end();

        assertThat(tracked.opened).hasSize(60);
        assertThat(tracked.opened).allSatisfy(flow -> assertThat(flow.biflow).isFalse());
    }

    @Test
    void withoutDeduplicationCountersAddUp() {
        Talk talk = Talk.session(internal(1), 51_000, external(1), 443, T, HOUR, SECOND);
        List<Flow> records = seenBy(talk, ONE, TWO);
        records.forEach(flow -> flow.mayBeCopy = false);

        Tracked tracked = Tracked.byDefault().addAll(records).end();

        assertThat(tracked.opened).hasSize(1);
        assertThat(tracked.totals.get(tracked.totals.size() - 1).packets).isEqualTo(2 * talk.count(true));
    }

    @Test
    void aFloodOfUniqueTuplesStaysWithinTheBoundAndIsPutOutAsItIs() {
        Tracked tracked = new Tracked(ConnectionSettings.DEFAULT.withMaxRecords(4_000));
        int most = 0;
        for (int i = 0; i < 100_000; i++) {
            tracked.addAll(Talk.question(external(i), 40_000 + i % 20_000, internal(1), 443, T + i / 10).records(ONE.oneWay()));
            most = Math.max(most, tracked.tracker.held());
        }

        tracked.end();

        assertThat(most).isLessThanOrEqualTo(4_000);
        assertThat(tracked.evicted).isGreaterThan(90_000);
        assertThat(tracked.opened).hasSize(100_000);
        assertThat(tracked.opened.stream().filter(flow -> (flow.traits & Trait.EVICTED) != 0)).hasSize(tracked.evicted);
    }

    @Test
    void oneTupleCannotGrowWithoutBoundWhateverItSends() {
        Tracked tracked = Tracked.byDefault();
        for (int i = 0; i < 50_000; i++) {
            tracked.addAll(new Talk(internal(1), 40_000, external(1), 443, 6).packet(T + i % 977, true, 40, Talk.ACK).records(ONE));
        }

        assertThat(tracked.tracker.held()).isLessThanOrEqualTo(300);
        assertThat(tracked.end().totals.get(0).packets).isEqualTo(50_000);
    }

    @Test
    void aRecordThatClaimsToLastForEverCostsNothing() {
        Flow flow = Talk.question(internal(1), 40_000, external(1), 53, T).records(ONE.oneWay()).get(0);
        flow.endMs = Long.MAX_VALUE;
        flow.bytes = flow.packets = Long.MAX_VALUE;

        Tracked tracked = Tracked.byDefault().add(flow).add(flow).end();

        assertThat(tracked.totals).hasSizeLessThan(200);
        assertThat(tracked.totals.get(tracked.totals.size() - 1).bytes).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatOneRecordOfAConnectionWasAllowedIsAllowed() {
        List<Flow> records = Talk.question(internal(1), 40_000, external(1), 53, T).records(ONE);
        records.get(0).verdict = Verdict.DENIED;

        assertThat(Tracked.byDefault().addAll(records).end().opened.get(0).verdict).isEqualTo(Verdict.DENIED);

        records.get(1).verdict = Verdict.ALLOWED;
        assertThat(Tracked.byDefault().addAll(records).end().opened.get(0).verdict).isEqualTo(Verdict.ALLOWED);
    }
}
