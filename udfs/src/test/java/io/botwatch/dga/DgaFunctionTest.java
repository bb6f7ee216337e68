package io.botwatch.dga;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.combine.LocalCombiner;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Flows;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Lookup;
import io.botwatch.metric.Counted;
import io.botwatch.metric.Tally;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.network.Role;
import io.botwatch.network.Roles;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSets;
import io.botwatch.rule.RuleSubject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both phases together. */
class DgaFunctionTest {
    private static final long MINUTE = 60_000;
    private static final DgaRule RULE = new DgaRule(
            new RuleInfo("D", "Generated", RuleInfo.Mode.ACTIVE, Severity.HIGH, List.of(), 0, ""),
            60 * MINUTE, 20, 0.9, 0.5, List.of("lan"), List.of(Role.RESOLVER));
    private static final Roles ROLES = new Roles(Map.of(Role.RESOLVER, NetworkSet.of(List.of(Network.parse("10.0.0.53/32")))));

    private OneInputStreamOperatorTestHarness<Decoded, LookupSums> combiner;
    private KeyedOneInputStreamOperatorTestHarness<RuleSubject, LookupSums, Candidate> global;

    @BeforeEach
    void open() throws Exception {
        combiner = new OneInputStreamOperatorTestHarness<>(new LocalCombiner<>(new LookupCombining(RULE, ROLES, 42)));
        combiner.setup(LookupSums.Serializer.INSTANCE);
        combiner.open();
        global = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new DgaFunction(RuleSets.always(RULE))), LookupSums::subject, RuleSubject.Serializer.TYPE);
        global.setup(CandidateSerializer.INSTANCE);
        global.open();
    }

    @AfterEach
    void close() throws Exception {
        combiner.close();
        global.close();
    }

    private void lookUp(int host, String name, boolean exists, long atMs) throws Exception {
        Decoded decoded = new Decoded();
        decoded.flow.srcLo = Flows.internal(host);
        decoded.flow.startMs = atMs;
        combiner.processElement(decoded.asLookup(new Lookup(name, exists ? 0 : 3, List.of())), atMs);
    }

    private List<Candidate> until(long ms) throws Exception {
        combiner.processWatermark(ms);
        for (var record : combiner.extractOutputStreamRecords()) {
            global.processElement(record.getValue(), record.getTimestamp());
        }
        combiner.getOutput().clear();
        global.processWatermark(ms);
        List<Candidate> candidates = new ArrayList<>(global.extractOutputValues());
        global.getOutput().clear();
        return candidates;
    }

    /** Consonants and digits, so many of them that no model can take them for chosen. */
    private static List<String> generated(int count) {
        SplittableRandom random = new SplittableRandom(7);
        NameModel model = NameModel.shipped();
        List<String> names = new ArrayList<>();
        while (names.size() < count) {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < 14; i++) {
                name.append("bcdfghjklmnpqrstvwxz0123456789".charAt(random.nextInt(30)));
            }
            if (model.score(name + ".com") >= RULE.minScore()) {
                names.add(name + ".com");
            }
        }
        return names;
    }

    @Test
    void twentyNamesOfWhichHalfDoNotExistAreAFinding() throws Exception {
        List<String> names = generated(20);
        for (int i = 0; i < 20; i++) {
            lookUp(1, names.get(i), i >= 10, Flows.T + i * 2 * MINUTE);
            lookUp(1, names.get(i), i >= 10, Flows.T + i * 2 * MINUTE + 1);
            lookUp(2, names.get(i), i >= 9, Flows.T + i);
            lookUp(3, "www.wikipedia.org", false, Flows.T + i);
            lookUp(53, names.get(i), false, Flows.T + i);
            lookUp(4, names.get(i).replace(".com", ".lan"), false, Flows.T + i);
            if (i < 19) {
                lookUp(5, names.get(i), false, Flows.T + i);
                lookUp(5, "www." + names.get(i), false, Flows.T + i);
            }
        }
        List<Candidate> candidates = until(Flows.T + 60 * MINUTE);
        assertThat(candidates).extracting(candidate -> candidate.finding.src.lo).containsExactly(Flows.internal(1));
        assertThat(candidates.get(0).finding.distinctTargets).isEqualTo(20);
        assertThat(candidates.get(0).finding.timeMs).as("the bucket of the twentieth").isEqualTo(Flows.T + 40 * MINUTE);
        assertThat(candidates.get(0).finding.message).contains("20 names", "10 do not exist");
    }

    @Test
    void namesThatLieFartherApartThanTheWindowAreNone() throws Exception {
        List<String> names = generated(20);
        for (int i = 0; i < 20; i++) {
            lookUp(1, names.get(i), false, Flows.T + (i < 19 ? 0 : 60 * MINUTE));
        }
        assertThat(until(Flows.T + 70 * MINUTE)).isEmpty();
        until(Flows.T + 200 * MINUTE);
        assertThat(global.numKeyedStateEntries()).isZero();
        assertThat(global.numEventTimeTimers()).isZero();
    }

    @Test
    void lookupsThatComeTooLateAreCounted() throws Exception {
        until(Flows.T + 60 * MINUTE);
        lookUp(1, "www.wikipedia.org", true, Flows.T);
        assertThat(until(Flows.T + 61 * MINUTE)).isEmpty();
        assertThat(Counted.by(global, Tally.LATE_LOOKUPS)).isEqualTo(1);
    }
}
