package io.botwatch.appraise;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Flows;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.Lookup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class AppraiseOperatorTest {
    private static final long BUCKET = Contact.BUCKET_MS;
    private static final long DAY = 24 * 60 * 60_000L;
    private static final long SECRET = 42;

    /** A contact of one bucket, or a candidate; in the order of the list or any other. */
    private record Step(Contact contact, Candidate candidate) {}

    @Test
    void aCandidateIsAppraisedByWhatWasKnownAtItsTimeWhateverArrivedFirst() throws Exception {
        for (long seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Flow> flows = new ArrayList<>();
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Flow flow = Flows.outbound(random.nextInt(20), random.nextInt(5), 4_444, Flows.T + random.nextLong(40 * BUCKET));
                flows.add(flow);
                steps.add(new Step(contact(flow), null));
            }
            for (int i = 0; i < 30; i++) {
                steps.add(new Step(null, beacon(random.nextInt(5), 4_444, Flows.T + random.nextInt(1, 41) * BUCKET)));
            }
            Flows.shuffle(steps, random);
            int cut = random.nextInt(steps.size());
            List<Candidate> out = new ArrayList<>();
            OperatorSubtaskState state;
            try (var harness = harness()) {
                apply(harness, steps.subList(0, cut));
                state = harness.snapshot(1, 1);
            }
            try (var harness = closed()) {
                harness.initializeState(state);
                harness.open();
                apply(harness, steps.subList(cut, steps.size()));
                harness.processBothWatermarks(new Watermark(Flows.T + 50 * BUCKET));
                out.addAll(harness.extractOutputValues());
            }
            assertThat(out).as("seed %d", seed).hasSize(30);
            for (Candidate candidate : out) {
                assertThat(measure(candidate, "internal_hosts"))
                        .as("seed %d, %s at %d", seed, candidate.peer, candidate.finding.timeMs)
                        .isEqualTo(Integer.toString(Math.max(1, hosts(flows, candidate))));
            }
        }
    }

    private static int hosts(List<Flow> flows, Candidate candidate) {
        Set<Long> hosts = new HashSet<>();
        for (Flow flow : flows) {
            long endMs = (Math.floorDiv(flow.startMs, BUCKET) + 1) * BUCKET;
            if (flow.dstLo == candidate.peer.lo && endMs <= candidate.finding.timeMs) {
                hosts.add(flow.srcLo);
            }
        }
        return hosts.size();
    }

    @Test
    void onAUsualPortACadenceIsMediumUntilTheDestinationIsNew() throws Exception {
        assertThat(appraised(443, false).finding.severity).isEqualTo(Severity.MEDIUM);
        assertThat(appraised(4_444, false).finding.severity).isEqualTo(Severity.CRITICAL);
        Candidate isNew = appraised(443, true);
        assertThat(isNew.finding.severity).isEqualTo(Severity.CRITICAL);
        assertThat(isNew.finding.message).contains("which nobody did in the day before");
    }

    /** One host's beacon, to a destination that is there from the start, or only after two days in which others were. */
    private static Candidate appraised(int port, boolean isNew) throws Exception {
        long fromMs = isNew ? Flows.T + 2 * DAY : Flows.T;
        try (var harness = harness()) {
            // In every key group something is known of the time before.
            for (Address group : PopulationFunction.oneOfEach(720)) {
                Flow flow = Flows.outbound(9, 9, 443, Flows.T);
                Contact contact = contact(flow);
                contact.at(group.hi, group.lo);
                harness.processElement2(contact, contact.endMs() - 1);
            }
            Contact first = contact(Flows.outbound(1, 1, port, fromMs));
            harness.processElement2(first, first.endMs() - 1);
            Candidate candidate = beacon(1, port, fromMs + 10 * BUCKET);
            harness.processElement1(candidate, candidate.finding.timeMs - 1);
            harness.processBothWatermarks(new Watermark(fromMs + 20 * BUCKET));
            return harness.extractOutputValues().get(0);
        }
    }

    @Test
    void aServiceThatTheHouseUsesIsNoFinding() throws Exception {
        for (int hosts : new int[] {4, 5}) {
            try (var harness = harness()) {
                for (int host = 0; host < hosts; host++) {
                    Contact contact = contact(Flows.outbound(host, 1, 443, Flows.T));
                    harness.processElement2(contact, contact.endMs() - 1);
                }
                Candidate candidate = beacon(1, 443, Flows.T + 10 * BUCKET);
                harness.processElement1(candidate, candidate.finding.timeMs - 1);
                harness.processBothWatermarks(new Watermark(Flows.T + 20 * BUCKET));
                assertThat(harness.extractOutputValues()).as("%d hosts", hosts).hasSize(hosts == 4 ? 1 : 0);
            }
        }
    }

    @Test
    void aDestinationThatIsSuspectIsNoServiceOfTheHouseAndNoUsualOne() throws Exception {
        try (var harness = harness()) {
            for (int host = 0; host < 20; host++) {
                Contact contact = contact(Flows.outbound(host, 1, 443, Flows.T));
                harness.processElement2(contact, contact.endMs() - 1);
            }
            Candidate candidate = beacon(1, 443, Flows.T + 10 * BUCKET).suspect(true);
            harness.processElement1(candidate, candidate.finding.timeMs - 1);
            harness.processBothWatermarks(new Watermark(Flows.T + 20 * BUCKET));
            assertThat(harness.extractOutputValues()).singleElement().satisfies(appraised -> {
                assertThat(appraised.finding.severity).isGreaterThanOrEqualTo(Severity.HIGH);
                assertThat(appraised.finding.notes).contains("the destination is on a list of suspects");
            });
        }
    }

    @Test
    void aDestinationIsNamedAsItsOwnHostLookedItUp() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Contact> namings = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                String name = i < 30 ? "other" + i % 4 + ".example" : "c2-" + i % 5 + ".example";
                int host = i < 30 ? 2 + i % 3 : 1;
                Decoded lookup = new Decoded();
                lookup.flow.srcLo = Flows.internal(host);
                lookup.flow.startMs = Flows.T + i * 1_000;
                lookup.asLookup(new Lookup(name, 0, List.of(new Address(0, Flows.external(1)))));
                new NamingFunction().flatMap(lookup, new ListCollector<>(namings));
            }
            Flows.shuffle(namings, random);
            OperatorSubtaskState state;
            try (var harness = harness()) {
                for (Contact naming : namings) {
                    harness.processElement2(naming, naming.endMs() - 1);
                }
                harness.processBothWatermarks(new Watermark(Flows.T + BUCKET));
                state = harness.snapshot(1, 1);
            }
            try (var harness = closed()) {
                harness.initializeState(state);
                harness.open();
                Candidate candidate = beacon(1, 4_444, Flows.T + 2 * BUCKET);
                harness.processElement1(candidate, candidate.finding.timeMs - 1);
                harness.processBothWatermarks(new Watermark(Flows.T + 3 * BUCKET));
                assertThat(harness.extractOutputValues())
                        .as("seed %d", seed)
                        .extracting(appraised -> measure(appraised, "resolved_names"))
                        .containsExactly("c2-4.example c2-3.example c2-2.example");
            }
        }
    }

    @Test
    void whatIsNotWeighedPassesAtOnce() throws Exception {
        try (var harness = harness()) {
            Candidate flood = beacon(1, 443, Flows.T);
            flood.finding.type = Finding.Type.VOLUMETRIC;
            harness.processElement1(flood, Flows.T);
            assertThat(harness.extractOutputValues()).hasSize(1);
        }
    }

    private static String measure(Candidate candidate, String name) {
        return candidate.finding.measures.stream()
                .filter(measure -> measure.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    private static Contact contact(Flow flow) {
        ContactCombining combining = ContactCombining.ofPeers(SECRET);
        Contact contact = combining.start(combining.probe(flow));
        combining.add(contact, flow);
        return contact;
    }

    private static Candidate beacon(int peer, int port, long timeMs) {
        Finding finding = new Finding();
        finding.type = Finding.Type.BEACON;
        finding.ruleId = "B";
        finding.ruleTitle = "A beacon";
        finding.src = new Address(0, Flows.internal(1));
        finding.dst = new Address(0, Flows.external(peer));
        finding.dstPort = port;
        finding.severity = Severity.CRITICAL;
        finding.score = 0.85;
        finding.timeMs = timeMs;
        finding.message = "It beacons.";
        return new Candidate(Candidate.Signal.HOLDS, "B|" + peer, finding.dst, 0, finding).weighed(0.15, Severity.CRITICAL);
    }

    private static void apply(
            KeyedTwoInputStreamOperatorTestHarness<Address, Candidate, Contact, Candidate> harness, List<Step> steps)
            throws Exception {
        for (Step step : steps) {
            if (step.contact != null) {
                harness.processElement2(step.contact, step.contact.endMs() - 1);
            } else {
                harness.processElement1(step.candidate, step.candidate.finding.timeMs - 1);
            }
        }
    }

    private static KeyedTwoInputStreamOperatorTestHarness<Address, Candidate, Contact, Candidate> harness()
            throws Exception {
        var harness = closed();
        harness.open();
        return harness;
    }

    private static KeyedTwoInputStreamOperatorTestHarness<Address, Candidate, Contact, Candidate> closed()
            throws Exception {
        PeerAppraiser appraiser = new PeerAppraiser();
        var harness = new KeyedTwoInputStreamOperatorTestHarness<>(
                new AppraiseOperator(appraiser), appraiser::subject, Contact::address, AddressSerializer.TYPE, 720, 1, 0);
        harness.setup(CandidateSerializer.INSTANCE);
        return harness;
    }
}
