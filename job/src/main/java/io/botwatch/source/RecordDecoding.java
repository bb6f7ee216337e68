package io.botwatch.source;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;

/** What sources do with a record's bytes: a flow within the asked times, not IP, or a dead letter that says where it lay. */
final class RecordDecoding {
    private final FlowDecoder decoder;
    private final TimeRange range;
    private final Decoded decoded = new Decoded();

    RecordDecoding(FlowDecoder decoder, TimeRange range) {
        this.decoder = decoder;
        this.range = range;
    }

    /** The record, in an object that the next call reuses; null when it is framing of its format. */
    Decoded decode(byte[] bytes, int from, int to, String source, long position) {
        try {
            return switch (decoder.decode(bytes, from, to, decoded.flow)) {
                case FLOW -> {
                    if (!range.contains(decoded.flow.startMs)) {
                        throw new UndecodableException(Reason.TIME_OUT_OF_RANGE, range.refusal(decoded.flow.startMs));
                    }
                    yield decoded.asFlow();
                }
                case NOT_IP -> decoded.asNotIp();
                case FRAMING -> null;
            };
        } catch (UndecodableException why) {
            return decoded.asDead(DeadLetter.of(bytes, from, to, source, position, why));
        }
    }
}
