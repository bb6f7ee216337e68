package io.botwatch.source;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.util.function.Consumer;

/**
 * What sources do with a record's bytes: flows within the asked times, not IP, or a dead letter that says where it lay. A
 * record may hold several flows.
 */
final class RecordDecoding {
    private final FlowDecoder decoder;
    private final TimeRange range;
    private final Decoded decoded = new Decoded();

    RecordDecoding(FlowDecoder decoder, TimeRange range) {
        this.decoder = decoder;
        this.range = range;
    }

    /** @param out is given each part of the record, in an object that the next one reuses; nothing for framing */
    void decode(byte[] bytes, int from, int to, String source, long position, Consumer<Decoded> out) {
        boolean first = true;
        do {
            try {
                FlowDecoder.Outcome outcome =
                        first ? decoder.decode(bytes, from, to, decoded.flow) : decoder.next(decoded.flow);
                first = false;
                if (outcome == FlowDecoder.Outcome.FLOW) {
                    out.accept(flow());
                } else if (outcome == FlowDecoder.Outcome.NOT_IP) {
                    out.accept(decoded.asNotIp());
                }
            } catch (UndecodableException why) {
                first = false;
                out.accept(decoded.asDead(DeadLetter.of(bytes, from, to, source, position, why)));
            }
        } while (decoder.hasNext());
    }

    private Decoded flow() throws UndecodableException {
        if (!range.contains(decoded.flow.startMs)) {
            throw new UndecodableException(Reason.TIME_OUT_OF_RANGE, range.refusal(decoded.flow.startMs));
        }
        boolean pieces = !decoder.hasConnections() && !decoded.flow.biflow;
        decoded.flow.mayBePiece = pieces;
        decoded.flow.mayBeCopy = pieces;
        return decoded.asFlow();
    }
}
