package io.botwatch.bench.kafka;

import io.botwatch.bench.Mix;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One way of running the job, named by what it does and how, such as {@code all+rocksdb+p1}.
 *
 * @param work {@code decode}, {@code all}, {@code aql}, or a kind of rule
 * @param joined whether records become connections
 */
record Variant(
        String name, String work, Mix mix, boolean protobuf, boolean rocksDb, boolean joined, boolean checkpoints, int parallelism) {
    static final String DECODE = "decode";
    static final String ALL = "all";
    static final String AQL = "aql";

    /** @throws IllegalArgumentException naming the word that is none */
    static Variant parse(String name) {
        String[] words = name.split("\\+");
        Mix mix = Mix.NORMAL;
        boolean protobuf = false;
        boolean rocksDb = false;
        boolean joined = true;
        boolean checkpoints = true;
        int parallelism = 2;
        for (int i = 1; i < words.length; i++) {
            switch (words[i]) {
                case "protobuf" -> protobuf = true;
                case "rocksdb" -> rocksDb = true;
                case "unjoined" -> joined = false;
                case "unchecked" -> checkpoints = false;
                case "p1" -> parallelism = 1;
                case "one-destination", "unique-tuples" -> mix = Mix.valueOf(words[i].toUpperCase(Locale.ROOT).replace('-', '_'));
                default -> throw new IllegalArgumentException("'" + words[i]
                        + "' is none of protobuf, rocksdb, unjoined, unchecked, p1, one-destination, unique-tuples");
            }
        }
        return new Variant(name, words[0], mix, protobuf, rocksDb, joined, checkpoints, parallelism);
    }

    boolean decodes() {
        return work.equals(DECODE);
    }

    String preset() {
        return work.equals(AQL) ? "aql" : "enterprise";
    }

    /** The topic that it reads. */
    String flows() {
        return "flows-" + mix.name().toLowerCase(Locale.ROOT) + (protobuf ? "-protobuf" : "-json");
    }

    /** Whether decoding alone of the other is what this one is held against. */
    boolean isDecodedBy(Variant other) {
        return other.decodes() && other.flows().equals(flows()) && other.parallelism == parallelism;
    }

    /** Whether both must find the same: format, state backend, checkpoints and parallelism change no answer. */
    boolean answersAs(Variant other) {
        return work.equals(other.work) && mix == other.mix && joined == other.joined;
    }

    /** For the command line. */
    static final class Converter implements ITypeConverter<Variant> {
        @Override
        public Variant convert(String name) {
            try {
                return parse(name);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
