package io.botwatch.appraise;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Flows;
import io.botwatch.sketch.DistinctCount;
import java.util.Collections;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class PopulationFunctionTest {
    private static final long BUCKET = Contact.BUCKET_MS;
    private static final Address ALL = new Address(0, 0);
    private static final int GROUPS = 12;

    @Test
    void everyKeyGroupIsToldOfEachChangeAndAfterARestore() throws Exception {
        OperatorSubtaskState state;
        try (var harness = harness()) {
            harness.open();
            assertThat(toldAfter(harness, 0, 1, 2)).containsExactlyElementsOf(twelve(2));
            assertThat(toldAfter(harness, 1, 2)).as("nobody new").isEmpty();
            assertThat(toldAfter(harness, 2, 1, 3)).containsExactlyElementsOf(twelve(3));
            // The day after tomorrow knows nothing of today.
            assertThat(toldAfter(harness, 2 * 288, 1)).containsExactlyElementsOf(twelve(1));
            state = harness.snapshot(1, 1);
        }
        try (var harness = harness()) {
            harness.initializeState(state);
            harness.open();
            assertThat(toldAfter(harness, 2 * 288 + 1, 1)).as("whoever has no number in the checkpoint").containsExactlyElementsOf(twelve(1));
            assertThat(toldAfter(harness, 2 * 288 + 2, 1)).isEmpty();
        }
    }

    private static List<Long> twelve(long hosts) {
        return Collections.nCopies(GROUPS, hosts);
    }

    /** What is told at the end of a bucket in which these hosts are active. */
    private static List<Long> toldAfter(
            KeyedOneInputStreamOperatorTestHarness<Address, Contact, Contact> harness, long bucket, int... hosts) throws Exception {
        long bucketMs = Math.floorDiv(Flows.T, 288 * BUCKET) * 288 * BUCKET + bucket * BUCKET;
        harness.getOutput().clear();
        for (int host : hosts) {
            Contact contact = new Contact();
            contact.bucketMs = bucketMs;
            contact.others.add(DistinctCount.hash(42, 0, host));
            harness.processElement(contact, contact.endMs() - 1);
        }
        harness.processWatermark(bucketMs + BUCKET);
        List<Contact> told = harness.extractOutputValues();
        assertThat(told).allMatch(contact -> contact.bucketMs == bucketMs);
        assertThat(told.stream().map(Contact::address).distinct()).hasSameSizeAs(told);
        return told.stream().map(contact -> contact.population).toList();
    }

    private static KeyedOneInputStreamOperatorTestHarness<Address, Contact, Contact> harness() throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new PopulationFunction()), contact -> ALL, AddressSerializer.TYPE, GROUPS, 1, 0);
        harness.setup(Contact.Serializer.INSTANCE);
        return harness;
    }
}
