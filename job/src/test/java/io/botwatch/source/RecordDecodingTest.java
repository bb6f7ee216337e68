package io.botwatch.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetter.Extent;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.Joining;
import io.botwatch.ingest.PmacctJsonDecoder;
import io.botwatch.ingest.Sampling;
import io.botwatch.ingest.Treatment;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordDecodingTest {

    /** A record of several flows: f a flow, n something that is not IP, x what cannot be decoded, l a flow long ago. */
    private static final class Letters implements FlowDecoder {
        private byte[] record;
        private int at;
        private int to;

        @Override
        public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
            this.record = bytes;
            this.at = from;
            this.to = to;
            return next(into);
        }

        @Override
        public boolean hasNext() {
            return at < to;
        }

        @Override
        public Outcome next(Flow into) throws UndecodableException {
            into.clear();
            byte kind = record[at++];
            if (kind == 'x') {
                throw new UndecodableException(Reason.MALFORMED, "flow " + at);
            }
            into.startMs = kind == 'l' ? -1 : 1_000;
            into.bytes = 7;
            return kind == 'n' ? Outcome.NOT_IP : Outcome.FLOW;
        }
    }

    private static List<Decoded> decode(String record) {
        RecordDecoding decoding =
                new RecordDecoding(new Letters(), new TimeRange(0, 2_000), new Treatment(new Sampling(10, Map.of(), Map.of()), Joining.AUTO));
        List<Decoded> all = new ArrayList<>();
        byte[] bytes = record.getBytes(StandardCharsets.US_ASCII);
        // Twice: nothing of one record may be left for the next.
        decoding.decode(bytes, 0, bytes.length, "flows-1", 5, decoded -> {});
        decoding.decode(bytes, 0, bytes.length, "flows-1", 6, decoded -> all.add(DecodedSerializer.INSTANCE.copy(decoded)));
        return all;
    }

    private static List<Extent> extents(String record) {
        return decode(record).stream().filter(part -> part.dead != null).map(part -> part.dead.extent()).toList();
    }

    @Test
    void aRecordOfOneFlowThatCannotBeDecodedIsFedAgainAsAWhole() {
        assertThat(extents("x")).containsExactly(Extent.WHOLE);
        assertThat(extents("l")).containsExactly(Extent.WHOLE);
        DeadLetter letter = decode("x").get(0).dead;
        assertThat(letter.payload()).containsExactly('x');
        assertThat(letter.source()).isEqualTo("flows-1");
        assertThat(letter.position()).isEqualTo(6);
    }

    @Test
    void aRecordOfWhichAFlowWasTakenIsNotFedAgainHoweverManyOthersWereNot() {
        assertThat(extents("fx")).containsExactly(Extent.PART);
        assertThat(extents("xxf")).containsExactly(Extent.PART, Extent.PART);
        assertThat(extents("xnlf")).containsExactly(Extent.PART, Extent.PART);
    }

    @Test
    void aRecordOfWhichNoFlowWasTakenIsFedAgainOnce() {
        assertThat(extents("xlx")).containsExactly(Extent.WHOLE, Extent.PART, Extent.PART);
        assertThat(extents("nx")).containsExactly(Extent.WHOLE);
        assertThat(decode("xlx")).extracting(part -> part.dead.reason())
                .containsExactly(Reason.MALFORMED, Reason.TIME_OUT_OF_RANGE, Reason.MALFORMED);
    }

    @Test
    void countersAreScaledBeforeAnyStageSeesThem() {
        assertThat(decode("ff")).allSatisfy(part -> {
            assertThat(part.flow.bytes).isEqualTo(70);
            assertThat(part.flow.samplingRate).isEqualTo(10);
        });
    }

    private static final String FLOW = "{\"ip_src\":\"10.0.0.7\",\"ip_dst\":\"192.0.2.80\",\"ip_proto\":\"udp\",\"port_src\":1,\"port_dst\":2,"
            + "\"stamp_inserted\":\"2024-08-16 18:07:00\",\"packets\":1,\"bytes\":2}";

    @Test
    void aBadPartOfARecordIsADeadLetterBehindTheOthersWhichAreFlows() {
        List<String> parts = kinds(FLOW + "\n{\"ip_src\":\"ten\"}\n" + FLOW + "\nrubbish\n{\"event_type\":\"purge_close\"}\n" + FLOW);
        assertThat(parts).containsExactly("flow", "flow", "flow", "bad address", "malformed");
    }

    @Test
    void aRecordOfNothingButFaultsMakesAHundredDeadLettersAndTheLastSaysSo() {
        List<String> parts = kinds("{}".repeat(100_000));
        assertThat(parts).hasSize(100);
        assertThat(parts.get(98)).isEqualTo("no source address");
        assertThat(parts.get(99)).isEqualTo("no source address (fault 100 of this record; the rest of it is not read)");
        assertThat(kinds((FLOW + "{}").repeat(99)).stream().filter("flow"::equals)).as("below it everything is read").hasSize(99);
    }

    private static List<String> kinds(String record) {
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        List<String> parts = new ArrayList<>();
        new RecordDecoding(new PmacctJsonDecoder(), TimeRange.ALL, Treatment.DEFAULT)
                .decode(bytes, 0, bytes.length, "a topic", 7, decoded -> parts.add(decoded.isFlow() ? "flow" : text(decoded.dead)));
        return parts;
    }

    private static String text(DeadLetter dead) {
        return switch (dead.reason()) {
            case BAD_ADDRESS -> "bad address";
            case MALFORMED -> "malformed";
            default -> dead.detail();
        };
    }
}
