package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.SplittableRandom;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class FindingSerializerTest {

    @Test
    void everyFieldComesBack() throws IOException {
        long seed = 20110816;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            Finding finding = SampleFindings.random(random, 100);
            assertSame(roundTrip(finding), finding, "seed " + seed + ", number " + i);
        }
    }

    @Test
    void findingsOfEachKindComeBack() throws IOException {
        for (Finding finding : SampleFindings.all()) {
            assertSame(roundTrip(finding), finding, "finding");
        }
    }

    @Test
    void aFindingWithNothingInItComesBack() throws IOException {
        Finding finding = new Finding();
        assertSame(roundTrip(finding), finding, "finding");
    }

    @Test
    void nullListsComeBackEmpty() throws IOException {
        Finding finding = new Finding();
        finding.tags = null;
        finding.measures = null;
        finding.samples = null;
        finding.notes = null;
        assertSame(roundTrip(finding), new Finding(), "finding");
    }

    @Test
    void textsLongerThanTwoBytesCanCountComeBack() throws IOException {
        Finding finding = new Finding();
        finding.message = "é".repeat(100_000);
        assertThat(roundTrip(finding).message).isEqualTo(finding.message);
    }

    @Test
    void readingIntoAReusedFindingLeavesNothingOfTheOldOne() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        FindingSerializer.INSTANCE.serialize(new Finding(), out);
        Finding reuse = SampleFindings.volumetric();
        var samples = reuse.samples;
        Finding read = FindingSerializer.INSTANCE.deserialize(reuse, new DataInputDeserializer(out.getCopyOfBuffer()));
        assertSame(read, new Finding(), "finding");
        assertThat(samples).as("a list that was given away").hasSize(20);
    }

    @Test
    void aCopyIsIndependent() {
        Finding finding = SampleFindings.beacon();
        Finding copy = FindingSerializer.INSTANCE.copy(finding);
        finding.samples.clear();
        finding.measures.clear();
        assertSame(copy, SampleFindings.beacon(), "finding");
    }

    @Test
    void bytesAreCopiedAsTheyAre() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        FindingSerializer.INSTANCE.serialize(SampleFindings.relayPair(), out);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        FindingSerializer.INSTANCE.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
    }

    @Test
    void aNewerVersionIsRefused() {
        assertThatThrownBy(() -> FindingSerializer.INSTANCE.deserialize(new DataInputDeserializer(new byte[] {4})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("FindingSerializer read version 4");
    }

    @Test
    void flinkUsesThisSerializerAndRestoresItFromItsSnapshot() {
        assertThat(FindingSerializer.TYPE.createSerializer(new SerializerConfigImpl()))
                .isSameAs(FindingSerializer.INSTANCE);
        assertThat(new FindingSerializer.Snapshot().restoreSerializer()).isSameAs(FindingSerializer.INSTANCE);
    }

    /** Every field, also those that a later release adds; NaN equals NaN. */
    private static void assertSame(Finding actual, Finding expected, String what) {
        assertThat(actual)
                .as(what)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class)
                .isEqualTo(expected);
    }

    private static Finding roundTrip(Finding finding) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        FindingSerializer.INSTANCE.serialize(finding, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        Finding read = FindingSerializer.INSTANCE.deserialize(in);
        assertThat(in.available()).isZero();
        return read;
    }
}
