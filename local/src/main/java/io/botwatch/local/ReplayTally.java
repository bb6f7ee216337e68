package io.botwatch.local;

import io.botwatch.ingest.UndecodableException.Reason;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What became of the dead letters that were read. */
final class ReplayTally {
    private static final class Fed {
        long letters;
        long decode;
    }

    private final Map<Reason, Fed> fed = new EnumMap<>(Reason.class);

    long read;

    /** Records of the topic that are no dead letters. */
    long others;

    /** Of another reason or source. */
    long unasked;

    long late;
    long cut;
    long parts;

    /** Records that a file cannot hold as one record. */
    long unframed;

    /** Of those fed, how many had been fed before. */
    long again;

    void fed(Reason reason, boolean decodes) {
        Fed of = fed.computeIfAbsent(reason, none -> new Fed());
        of.letters++;
        of.decode += decodes ? 1 : 0;
    }

    long fed() {
        return fed.values().stream().mapToLong(of -> of.letters).sum();
    }

    /** @param action e.g. {@code fed again} */
    void print(PrintStream out, String action) {
        out.printf("dead letters      %s%n", Progress.count(read));
        line(out, "not asked for", unasked, "");
        line(out, "late", late, ", left: their format is their own (--reason late feeds them)");
        line(out, "cut", cut, ", left: the end of the record is lost");
        line(out, "part", parts, ", left: other flows of their records were taken");
        line(out, "not one line", unframed, ", left: a file would hold them as several records (--to-topic feeds them)");
        line(out, "no dead letters", others, ", left: records of something else, or of a newer release");
        long decode = fed.values().stream().mapToLong(of -> of.decode).sum();
        out.printf("%-17s %s, %s of them decode now%n", action, Progress.count(fed()), Progress.count(decode));
        fed.forEach((reason, of) -> out.printf(
                "  %-17s %s, %s decode now%n",
                reason.name().toLowerCase(Locale.ROOT), Progress.count(of.letters), Progress.count(of.decode)));
        if (again > 0) {
            out.printf("  %s of them had been fed again before%n", Progress.count(again));
        }
    }

    private static void line(PrintStream out, String name, long count, String remark) {
        if (count > 0) {
            out.printf("  %-15s %s%s%n", name, Progress.count(count), remark);
        }
    }
}
