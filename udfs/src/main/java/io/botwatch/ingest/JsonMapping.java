package io.botwatch.ingest;

import io.botwatch.flow.Verdict;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where in a feed's JSON a flow's fields are: a mapping file, compiled. Immutable; {@link MappingDocument} reads it.
 *
 * @param each path of the array that holds a flow in each element; null when the record is one flow
 * @param pairs how an element lists its fields as pairs of name and value; null when they are plain fields
 * @param connections whether each flow is a whole connection
 * @param outer what lies outside of the elements
 * @param inner what lies within an element; empty without {@code each}
 * @param targets all of both, each at its index
 */
public record JsonMapping(
        List<String> each,
        Pairs pairs,
        boolean connections,
        PathTree<Target> outer,
        PathTree<Target> inner,
        List<Target> targets)
        implements Serializable {

    /** How many conditions a record must meet. */
    int conditions() {
        return (int) targets.stream().filter(target -> target.field() == null).count();
    }

    /** The fields of a flow, by the names that mapping files use. */
    enum Field {
        START,
        END,
        DURATION,
        EXPORTED,
        UPTIME,
        SRC,
        DST,
        SRC_PORT,
        DST_PORT,
        PROTOCOL,
        BYTES,
        PACKETS,
        REVERSE_BYTES,
        REVERSE_PACKETS,
        TCP_FLAGS,
        SAMPLING_RATE,
        EXPORTER,
        VERDICT,
        BIFLOW_DIRECTION;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a time or a duration counts. */
    enum Unit {
        S(EpochUnit.SECONDS),
        MS(EpochUnit.MILLIS),
        US(EpochUnit.MICROS),
        NS(EpochUnit.NANOS),
        /** A date and time of day, as text. */
        ISO(EpochUnit.GUESS),
        /** Milliseconds since the exporter started, as NetFlow v5 and v9 count; {@link Field#UPTIME} is now. */
        UPTIME(EpochUnit.MILLIS);

        final EpochUnit epoch;

        Unit(EpochUnit epoch) {
            this.epoch = epoch;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Fields as pairs, as vFlow writes them: {@code [{"I":8,"V":"10.0.0.7"},…]}.
     *
     * @param name the field that names the pair
     * @param value the field that has its value
     * @param scope a field that is there, and not 0, when the name counts within a scope of its own (IPFIX: the enterprise);
     *     null when there is none
     */
    record Pairs(String name, String value, String scope) implements Serializable {}

    /**
     * What is at a path.
     *
     * @param index of this target among all
     * @param field null for a condition: the value must be {@code expected} for the record to count
     * @param unit of times and durations, else null
     * @param words what words stand for: a protocol's number, or the ordinal of a {@link Verdict}
     * @param expected null for a field
     */
    record Target(int index, Field field, Unit unit, Map<String, Integer> words, String expected)
            implements Serializable {}
}
