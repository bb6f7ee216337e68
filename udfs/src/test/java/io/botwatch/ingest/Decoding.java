package io.botwatch.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Decodes text in tests. */
final class Decoding {
    private Decoding() {}

    static Outcome outcome(FlowDecoder decoder, String record) throws UndecodableException {
        return decode(decoder, record, new Flow());
    }

    static Flow flow(FlowDecoder decoder, String record) throws UndecodableException {
        Flow flow = new Flow();
        assertThat(decode(decoder, record, flow)).isEqualTo(Outcome.FLOW);
        return flow;
    }

    static UndecodableException failure(FlowDecoder decoder, String record) {
        UndecodableException failure =
                catchThrowableOfType(UndecodableException.class, () -> decode(decoder, record, new Flow()));
        assertThat(failure).as("undecodable: " + record).isNotNull();
        return failure;
    }

    /** The record stands between other bytes, so that a decoder that looks past its end is found out. */
    private static Outcome decode(FlowDecoder decoder, String record, Flow into) throws UndecodableException {
        byte[] bytes = ("9," + record + "9,\"}").getBytes(StandardCharsets.UTF_8);
        return decoder.decode(bytes, 2, bytes.length - 4, into);
    }

    static String src(Flow flow) {
        return Address.format(flow.srcHi, flow.srcLo) + " " + flow.srcPort;
    }

    static String dst(Flow flow) {
        return Address.format(flow.dstHi, flow.dstLo) + " " + flow.dstPort;
    }

    static String exporter(Flow flow) {
        return Address.format(flow.exporterHi, flow.exporterLo);
    }

    static long ms(String instant) {
        return Instant.parse(instant).toEpochMilli();
    }
}
