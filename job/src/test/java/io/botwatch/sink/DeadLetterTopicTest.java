package io.botwatch.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetter.Extent;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLetterTopicTest {
    private final DeadLetterTopic topic = new DeadLetterTopic("dead");

    @ParameterizedTest
    @EnumSource
    void aLetterIsReadBackFromItsRecordAsItWas(Reason reason) {
        byte[] bytes = {1, -1, 0};
        DeadLetter letter = DeadLetter.of(bytes, 0, 3, "flows-3", 77, new UndecodableException(reason, "field is '\u4e16'"));
        for (DeadLetter written : new DeadLetter[] {letter, letter.asPart(), letter.replayed(2)}) {
            ProducerRecord<byte[], byte[]> record = topic.serialize(written, null, 5L);
            assertThat(record.timestamp()).as("the clock's, not the event's").isNull();
            assertThat(DeadLetterTopic.read(consumed(record.headers(), record.value()))).isEqualTo(written);
        }
    }

    @Test
    void aRecordThatIsFedAgainIsTheBytesThatCameWithoutAKeyAndSaysHowOften() {
        byte[] bytes = {1, -1, 0};
        DeadLetter letter = DeadLetter.of(bytes, 0, 3, "flows-3", 77, new UndecodableException(Reason.BAD_TIME, "x"));
        for (int times = 0; times < 3; times++) {
            ProducerRecord<byte[], byte[]> again = DeadLetterTopic.again("flows", letter.replayed(times));
            assertThat(again.key()).isNull();
            assertThat(again.value()).isEqualTo(bytes);
            assertThat(DeadLetterTopic.replayed(again.headers())).isEqualTo(times + 1);
        }
    }

    @Test
    void aLetterThatDoesNotSayWhetherItIsWholeIsIfItIsShorterThanLettersAreCut() {
        assertThat(DeadLetterTopic.read(consumed(headers("MALFORMED", "3"), new byte[9])).extent()).isEqualTo(Extent.WHOLE);
        assertThat(DeadLetterTopic.read(consumed(headers("MALFORMED", "3"), new byte[DeadLetter.MAX_PAYLOAD_BYTES])).extent())
                .isEqualTo(Extent.CUT);
    }

    @Test
    void recordsOfSomethingElseAreNoDeadLetters() {
        assertThat(DeadLetterTopic.read(consumed(new RecordHeaders(), new byte[9]))).isNull();
        assertThat(DeadLetterTopic.read(consumed(headers("OF_TOMORROW", "3"), new byte[9]))).isNull();
        assertThat(DeadLetterTopic.read(consumed(headers("MALFORMED", "x"), new byte[9]))).isNull();
        assertThat(DeadLetterTopic.read(consumed(headers("MALFORMED", "3").add("extent", ascii("half")), new byte[9]))).isNull();
        assertThat(DeadLetterTopic.read(consumed(headers("MALFORMED", "3"), new byte[100_000]))).isNull();
        assertThat(DeadLetterTopic.read(consumed(headers("MALFORMED", "3"), null))).isNull();
    }

    @Test
    void aHeaderOfHowOftenThatIsNoNumberIsIgnored() {
        for (String rubbish : new String[] {"", "x", "-4", "99999999999", "1e3"}) {
            assertThat(DeadLetterTopic.replayed(new RecordHeaders().add("replayed", ascii(rubbish)))).as(rubbish).isZero();
        }
        assertThat(DeadLetterTopic.replayed(new RecordHeaders().add("replayed", null))).isZero();
        assertThat(DeadLetterTopic.replayed(new RecordHeaders())).isZero();
    }

    private static Headers headers(String reason, String position) {
        return new RecordHeaders().add("reason", ascii(reason)).add("position", ascii(position));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ConsumerRecord<byte[], byte[]> consumed(Headers headers, byte[] value) {
        return new ConsumerRecord<>(
                "dead", 0, 0, 0L, TimestampType.CREATE_TIME, 0, 0, null, value, headers, Optional.empty());
    }
}
