package io.botwatch.source;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.Treatment;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What sources do with a record's bytes: flows within the asked times, treated as configured, not IP, or a dead letter that
 * says where it lay. A record may hold several flows.
 */
public final class RecordDecoding {
    /** More faulty parts of one record are not looked for: a hostile one of a megabyte could hold half a million. */
    private static final int MOST_FAULTS = 100;

    private final FlowDecoder decoder;
    private final TimeRange range;
    private final Treatment treatment;
    private final Decoded decoded = new Decoded();

    /** Why flows of the record at hand were refused. */
    private final List<UndecodableException> refusals = new ArrayList<>();

    public RecordDecoding(FlowDecoder decoder, TimeRange range, Treatment treatment) {
        this.decoder = decoder;
        this.range = range;
        this.treatment = treatment;
    }

    /** @param out is given each part of the record, in an object that the next one reuses; nothing for framing */
    public void decode(byte[] bytes, int from, int to, String source, long position, Consumer<Decoded> out) {
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
                } else if (outcome == FlowDecoder.Outcome.LOOKUP) {
                    checkTime();
                    out.accept(decoded.asLookup(decoder.lookup()));
                    taken = true;
                } else if (outcome == FlowDecoder.Outcome.NOT_IP) {
                    out.accept(decoded.asNotIp());
                }
            } catch (UndecodableException why) {
                first = false;
                refusals.add(refusals.size() < MOST_FAULTS - 1 ? why : last(why));
            }
        } while (refusals.size() < MOST_FAULTS && decoder.hasNext());
        if (!refusals.isEmpty()) {
            refuse(bytes, from, to, source, position, taken, out);
        }
    }

    private void refuse(
            byte[] bytes, int from, int to, String source, long position, boolean taken, Consumer<Decoded> out) {
        // Only now is known whether the record may be fed again: not if a flow of it was taken, and then once.
        for (UndecodableException why : refusals) {
            DeadLetter letter = DeadLetter.of(bytes, from, to, source, position, why);
            out.accept(decoded.asDead(taken ? letter.asPart() : letter));
            taken = true;
        }
    }

    private static UndecodableException last(UndecodableException why) {
        return new UndecodableException(
                why.reason(), why.getMessage() + " (fault " + MOST_FAULTS + " of this record; the rest of it is not read)");
    }

    private void checkTime() throws UndecodableException {
        if (!range.contains(decoded.flow.startMs)) {
            throw new UndecodableException(Reason.TIME_OUT_OF_RANGE, range.refusal(decoded.flow.startMs));
        }
    }

    private Decoded flow() throws UndecodableException {
        checkTime();
        treatment.apply(decoded.flow, decoder.hasConnections());
        return decoded.asFlow();
    }
}
