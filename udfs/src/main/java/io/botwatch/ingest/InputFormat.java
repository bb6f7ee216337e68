package io.botwatch.ingest;

import java.io.Serializable;
import java.time.ZoneId;

/**
 * How the records of an input are read: in a format that is named, in one that the first record tells, or as a mapping says.
 *
 * @param format null when it is told by the first record, or by the mapping
 * @param zone of times that name none
 * @param mapping null unless records are JSON that is read by one
 */
public record InputFormat(FlowFormat format, ZoneId zone, JsonMapping mapping) implements Serializable {
    public InputFormat {
        if (format != null && mapping != null) {
            throw new IllegalArgumentException("a mapping is a format of its own");
        }
    }

    /** Told by the first record. */
    public static InputFormat auto(ZoneId zone) {
        return new InputFormat(null, zone, null);
    }

    public static InputFormat of(FlowFormat format, ZoneId zone) {
        return new InputFormat(format, zone, null);
    }

    public static InputFormat mapped(JsonMapping mapping, ZoneId zone) {
        return new InputFormat(null, zone, mapping);
    }

    /** Whether the first record must tell. */
    public boolean isAuto() {
        return format == null && mapping == null;
    }

    /** The name that users know it by. */
    public String label() {
        return mapping != null ? "mapped-json" : format == null ? "auto" : format.label();
    }

    /** A decoder; it belongs to one reader. */
    public FlowDecoder newDecoder() {
        if (mapping != null) {
            return new MappedJsonDecoder(mapping, zone);
        }
        return format == null ? new AutoDecoder(zone) : format.newDecoder(zone);
    }
}
