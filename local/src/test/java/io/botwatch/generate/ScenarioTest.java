package io.botwatch.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.lang.management.ManagementFactory;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTest {
    private static final double REDUCED = 0.1;

    @Test
    void theSameSeedGivesTheSameBytesAndAnotherSeedOthers() throws Exception {
        assertThat(firstRecords(7)).isEqualTo(firstRecords(7)).isNotEqualTo(firstRecords(8));
        assertThat(Scenario.enterprise(7, 24).labels())
                .isEqualTo(Scenario.enterprise(7, 24).labels())
                .isNotEqualTo(Scenario.enterprise(8, 24).labels());
    }

    private static String firstRecords(long seed) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        FlowCursor cursor = Scenario.enterprise(seed, 24).cursor();
        FlowWriter writer = new Goflow2JsonWriter();
        LineBuffer line = new LineBuffer();
        Flow flow = new Flow();
        for (int i = 0; i < 50_000 && cursor.next(flow); i++) {
            line.clear();
            writer.write(flow, flow.endMs, line);
            digest.update(line.array(), 0, line.length());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void aDayIsInOrderOfStartWithinItsBoundsAndOfTheExpectedSize() {
        Scenario scenario = Scenario.enterprise(1, 24);
        LiteralRules rules = new LiteralRules();
        long flows = 0;
        long previousMs = scenario.startMs();
        Set<Address> internalV6 = new HashSet<>();
        for (Flow flow : scenario) {
            flows++;
            if (flow.startMs < previousMs
                    || flow.startMs >= scenario.endMs()
                    || flow.endMs < flow.startMs
                    || flow.packets <= 0
                    || flow.bytes < 20 * flow.packets
                    || flow.biflow
                    || flow.samplingRate != 1) {
                throw new AssertionError("implausible after " + previousMs + ": " + flow);
            }
            Address src = new Address(flow.srcHi, flow.srcLo);
            if (!Address.isV4(src.hi, src.lo)) {
                internalV6.add(src);
            }
            previousMs = flow.startMs;
            rules.add(flow);
        }
        assertThat(flows).isBetween(400_000L, 800_000L);
        assertThat(internalV6).hasSizeGreaterThan(20).allMatch(LiteralRules::isInternal);
        assertEveryRowIsALabelAndEveryLabelARow(scenario, rules);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_260_105})
    void theLiteralRulesFindTheLabelledAttacksAndNothingElse(long seed) {
        assertRules(Scenario.enterprise(seed, 24, REDUCED));
    }

    @Test
    void theShortestScenarioHoldsEveryAttack() {
        for (long seed = 1; seed <= 20; seed++) {
            assertRules(Scenario.enterprise(seed, 4, REDUCED));
        }
    }

    private static void assertRules(Scenario scenario) {
        LiteralRules rules = new LiteralRules();
        for (Flow flow : scenario) {
            rules.add(flow);
        }
        assertEveryRowIsALabelAndEveryLabelARow(scenario, rules);
    }

    private static void assertEveryRowIsALabelAndEveryLabelARow(Scenario scenario, LiteralRules rules) {
        assertThat(rules.beacons())
                .isEqualTo(expected(scenario, Label.BEACON).stream()
                        .map(l -> new LiteralRules.Tuple(l.src(), l.dst(), l.dstPort()))
                        .collect(Collectors.toSet()))
                .hasSize(4);
        assertThat(rules.relayHosts())
                .isEqualTo(expected(scenario, Label.RELAY).stream()
                        .map(Label::relay)
                        .collect(Collectors.toSet()))
                .hasSize(3);
        List<Label> floods = expected(scenario, Label.VOLUMETRIC);
        assertThat(floods).hasSize(2);
        Set<Label> found = new HashSet<>();
        for (LiteralRules.Bucket row : rules.volumetrics()) {
            Label label = floods.stream()
                    .filter(l -> l.dst().equals(row.dst()) && l.dstPort() == row.dstPort())
                    .findAny()
                    .orElseThrow(() -> new AssertionError("unlabelled: " + row));
            long bucketMs = row.index() * 300_000;
            assertThat(bucketMs).isBetween(label.from().toEpochMilli() - 300_000, label.to().toEpochMilli());
            found.add(label);
        }
        assertThat(found).hasSameSizeAs(floods);
    }

    private static List<Label> expected(Scenario scenario, String expectation) {
        return scenario.labels().stream()
                .filter(l -> l.expectation().equals(expectation))
                .toList();
    }

    @Test
    void theSpreaderAndTheChatBotAreThereAndStayBelowTheBeaconRule() {
        Scenario scenario = Scenario.enterprise(5, 24, REDUCED);
        Map<String, Label> byName =
                scenario.labels().stream().collect(Collectors.toMap(Label::name, label -> label));
        Label spreader = byName.get("spreader");
        Label bot = byName.get("irc-bot");
        Set<Address> targets = new HashSet<>();
        Map<Long, Long> chats = new HashMap<>();
        for (Flow flow : scenario) {
            Address src = new Address(flow.srcHi, flow.srcLo);
            if (src.equals(spreader.src()) && flow.dstPort == spreader.dstPort()) {
                targets.add(new Address(flow.dstHi, flow.dstLo));
                assertThat(flow.startMs)
                        .isBetween(spreader.from().toEpochMilli(), spreader.to().toEpochMilli() - 1);
            }
            if (src.equals(bot.src()) && flow.dstPort == 6667) {
                chats.put(flow.startMs, flow.endMs - flow.startMs);
            }
        }
        assertThat(targets).hasSizeGreaterThanOrEqualTo(200);
        assertThat(chats).hasSizeBetween(3, 7);
        assertThat(chats.values()).allMatch(durationMs -> durationMs > 3_600_000);
    }

    @Test
    void anAttackHasAHostOfItsOwn() {
        for (long seed = 1; seed <= 50; seed++) {
            List<Label> labels = Scenario.enterprise(seed, 24, REDUCED).labels();
            assertThat(labels.stream().map(Label::name)).doesNotHaveDuplicates();
            assertThat(labels.stream()
                            .filter(l -> !l.expectation().equals(Label.NONE))
                            .map(l -> l.relay() != null ? l.relay() : l.src() != null ? l.src() : l.dst()))
                    .doesNotHaveDuplicates()
                    .hasSize(11);
        }
    }

    @Test
    void attacksDoNotChangeWithTheSizeOfTheBackgroundButForTheirHosts() {
        List<Label> small = Scenario.enterprise(9, 24, REDUCED).labels();
        List<Label> large = Scenario.enterprise(9, 24, 3).labels();
        assertThat(large.stream().map(Label::note)).isEqualTo(small.stream().map(Label::note).toList());
        assertThat(large.stream().map(Label::from)).isEqualTo(small.stream().map(Label::from).toList());
    }

    @Test
    void readingHoldsOneFlowNotTheDay() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Iterator<Flow> month = Scenario.enterprise(1, 24 * 30).iterator();
        Flow first = month.next();
        long before = threads.getCurrentThreadAllocatedBytes();
        int flows = 0;
        while (flows < 300_000) {
            if (month.next() != first) {
                throw new AssertionError("another object after " + flows);
            }
            flows++;
        }
        long perFlow = (threads.getCurrentThreadAllocatedBytes() - before) / flows;
        // A Flow kept takes about 160 bytes; what is made on the way is addresses drawn at random, of 32.
        assertThat(perFlow).isLessThan(100);
    }

    @Test
    void aLongScenarioGoesOnToItsLastDay() {
        Scenario scenario = Scenario.enterprise(4, 24 * 8, REDUCED);
        long[] byDay = new long[8];
        Set<Long> scheduledDays = new HashSet<>();
        Label scheduled = scenario.labels().stream()
                .filter(l -> l.name().equals("beacon-scheduled"))
                .findAny()
                .orElseThrow();
        for (Flow flow : scenario) {
            int day = (int) ((flow.startMs - scenario.startMs()) / DayShape.DAY_MS);
            byDay[day]++;
            if (flow.dstPort == scheduled.dstPort() && flow.dstLo == scheduled.dst().lo) {
                scheduledDays.add((long) day);
            }
        }
        assertThat(byDay[7]).isGreaterThan(20_000);
        assertThat(byDay[5]).as("Saturday").isLessThan(byDay[7] * 3 / 4);
        assertThat(scheduledDays).hasSize(8);
    }

    @ParameterizedTest
    @CsvSource({"3, 1, hours: 3", "99999, 1, hours: 99999", "24, 0, scale: 0.0", "24, NaN, scale: NaN"})
    void argumentsOutsideTheirLimitsAreNamed(int hours, double scale, String message) {
        assertThatThrownBy(() -> Scenario.enterprise(1, hours, scale))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
