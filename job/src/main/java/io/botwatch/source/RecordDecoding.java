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
    /** More faulty parts of one record are not looked for: a hostile one of a megabyte could hold half a million. */
    private static final int MOST_FAULTS = 100;

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
        int faults = 0;
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
                faults++;
                out.accept(decoded.asDead(DeadLetter.of(bytes, from, to, source, position, faults < MOST_FAULTS ? why : last(why))));
            }
        } while (faults < MOST_FAULTS && decoder.hasNext());
    }

    private static UndecodableException last(UndecodableException why) {
        return new UndecodableException(
                why.reason(), why.getMessage() + " (fault " + MOST_FAULTS + " of this record; the rest of it is not read)");
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
