package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.util.Arrays;

/**
 * Decodes records of a format that their first one tells. Records that tell no format are undecodable, and the next one
 * is asked again; once told, the format stays.
 */
public final class AutoDecoder implements FlowDecoder {
    /** A format is told by how a record begins; a long one is not copied for it. */
    private static final int TELLING_BYTES = 1 << 16;

    private final ZoneId zone;
    private FlowFormat format;
    private FlowDecoder decoder;
    private String why;

    /** @param zone of times that name none */
    public AutoDecoder(ZoneId zone) {
        this.zone = zone;
    }

    /** How the format was told, a sentence; null until it was. */
    public String why() {
        return why;
    }

    /** The format, or null until a record told it. */
    public FlowFormat format() {
        return format;
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        if (decoder == null) {
            FlowDraft.checkSize(from, to);
            if (FlowDraft.isBlank(bytes, from, to)) {
                return Outcome.FRAMING;
            }
            byte[] head = Arrays.copyOfRange(bytes, from, Math.min(to, from + TELLING_BYTES));
            FormatDetector.Detection detection = FormatDetector.detect(head, head.length);
            if (detection.format() == null) {
                throw new UndecodableException(UndecodableException.Reason.UNKNOWN_FORMAT, detection.reason());
            }
            format = detection.format();
            why = detection.reason();
            decoder = format.newDecoder(zone);
        }
        return decoder.decode(bytes, from, to, into);
    }

    @Override
    public boolean hasNext() {
        return decoder != null && decoder.hasNext();
    }

    @Override
    public Outcome next(Flow into) throws UndecodableException {
        return decoder.next(into);
    }

    @Override
    public Lookup lookup() {
        return decoder.lookup();
    }

    @Override
    public boolean hasConnections() {
        return decoder != null && decoder.hasConnections();
    }
}
