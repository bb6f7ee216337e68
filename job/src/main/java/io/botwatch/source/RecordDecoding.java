package io.botwatch.source;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.Sampling;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What sources do with a record's bytes: flows within the asked times, their counters scaled, not IP, or a dead letter that
 * says where it lay. A record may hold several flows.
 */
final class RecordDecoding {
    private final FlowDecoder decoder;
    private final TimeRange range;
    private final Sampling sampling;
    private final Decoded decoded = new Decoded();

    /** Why flows of the record at hand were refused. */
    private final List<UndecodableException> refusals = new ArrayList<>();

    RecordDecoding(FlowDecoder decoder, TimeRange range, Sampling sampling) {
        this.decoder = decoder;
        this.range = range;
        this.sampling = sampling;
    }

    /** @param out is given each part of the record, in an object that the next one reuses; nothing for framing */
    void decode(byte[] bytes, int from, int to, String source, long position, Consumer<Decoded> out) {
        boolean first = true;
        boolean taken = false;
        refusals.clear();
        do {
            try {
                FlowDecoder.Outcome outcome =
                        first ? decoder.decode(bytes, from, to, decoded.flow) : decoder.next(decoded.flow);
                first = false;
                if (outcome == FlowDecoder.Outcome.FLOW) {
                    out.accept(flow());
                    taken = true;
                } else if (outcome == FlowDecoder.Outcome.NOT_IP) {
                    out.accept(decoded.asNotIp());
                }
            } catch (UndecodableException why) {
                first = false;
                refusals.add(why);
            }
        } while (decoder.hasNext());
        // Only now is known whether the record may be fed again: not if a flow of it was taken, and then once.
        for (UndecodableException why : refusals) {
            DeadLetter letter = DeadLetter.of(bytes, from, to, source, position, why);
            out.accept(decoded.asDead(taken ? letter.asPart() : letter));
            taken = true;
        }
    }

    private Decoded flow() throws UndecodableException {
        if (!range.contains(decoded.flow.startMs)) {
            throw new UndecodableException(Reason.TIME_OUT_OF_RANGE, range.refusal(decoded.flow.startMs));
        }
        sampling.apply(decoded.flow);
        boolean pieces = !decoder.hasConnections() && !decoded.flow.biflow;
        decoded.flow.mayBePiece = pieces;
        decoded.flow.mayBeCopy = pieces;
        return decoded.asFlow();
    }
}
