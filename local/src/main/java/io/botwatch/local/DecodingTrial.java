package io.botwatch.local;

import io.botwatch.flow.Flow;
import io.botwatch.ingest.AutoDecoder;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.FlowDecoder.Outcome;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.ingest.UndecodableException.Reason;

/** Tells whether the record of a dead letter can be decoded now. */
final class DecodingTrial {
    /** Of a record that cannot be decoded. */
    static final long NO_FLOW = Long.MIN_VALUE;

    private final InputFormat format;
    private final FlowDecoder decoder;

    /** @param format of all records; when it is to be told, each record tells its own */
    DecodingTrial(InputFormat format) {
        this.format = format;
        this.decoder = format.isAuto() ? null : format.newDecoder();
    }

    /**
     * What came of a record.
     *
     * @param format null when the record does not tell it, or is mapped
     * @param startMs the earliest start of its flows, epoch ms; {@link #NO_FLOW} unless all of it can be decoded
     */
    record Result(FlowFormat format, long startMs) {
        boolean decodes() {
            return startMs != NO_FLOW;
        }
    }

    Result of(DeadLetter letter) {
        // A late flow's record is of a format of its own, whatever its feed is.
        if (decoder != null && letter.reason() != Reason.LATE) {
            return new Result(format.format(), startMs(decoder, letter.payload()));
        }
        AutoDecoder auto = new AutoDecoder(format.zone());
        long startMs = startMs(auto, letter.payload());
        return new Result(auto.format(), startMs);
    }

    private static long startMs(FlowDecoder decoder, byte[] record) {
        Flow flow = new Flow();
        long earliest = Long.MAX_VALUE;
        boolean broken = false;
        boolean first = true;
        do {
            try {
                Outcome outcome = first ? decoder.decode(record, 0, record.length, flow) : decoder.next(flow);
                if (outcome == Outcome.FLOW || outcome == Outcome.LOOKUP) {
                    earliest = Math.min(earliest, flow.startMs);
                }
            } catch (UndecodableException e) {
                broken = true;
            }
            first = false;
        } while (decoder.hasNext());
        return broken || earliest == Long.MAX_VALUE ? NO_FLOW : earliest;
    }
}
