package io.botwatch.ingest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Records changed at random, as a broken or hostile feed has them. */
final class Mutation {
    private static final String JSON_ALPHABET = "0123456789.:-+eE,\t\"{}[]\\ #/TZxn_";

    private Mutation() {}

    /** One of the records with up to four changes. */
    static byte[] of(SplittableRandom random, List<byte[]> samples) {
        byte[] bytes = samples.get(random.nextInt(samples.size()));
        for (int changes = random.nextInt(4); changes >= 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            int to = Math.min(bytes.length, at + 1 + random.nextInt(60));
            bytes = switch (random.nextInt(10)) {
                case 0 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
                case 1 -> with(bytes, at, (byte) random.nextInt(256));
                case 2 -> with(bytes, at, (byte) JSON_ALPHABET.charAt(random.nextInt(JSON_ALPHABET.length())));
                case 3 -> Arrays.copyOf(bytes, at);
                case 4 -> spliced(bytes, at, new byte[0], to);
                case 5 -> spliced(bytes, to, Arrays.copyOfRange(bytes, at, to), to); // a field again
                case 6 -> {
                    byte[] other = samples.get(random.nextInt(samples.size()));
                    yield spliced(bytes, at, other, bytes.length - random.nextInt(bytes.length - at));
                }
                case 7 -> spliced(bytes, at, number(random), at + random.nextInt(to - at));
                case 8 -> spliced(bytes, at, nesting(random), at);
                default -> random.nextInt(50) == 0 ? spliced(bytes, at, bulk(random, bytes), to) : bytes;
            };
        }
        return bytes;
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        byte[] result = bytes.clone();
        result[at] = value;
        return result;
    }

    /** What lies before {@code at}, something, and what lies from {@code to}. */
    static byte[] spliced(byte[] bytes, int at, byte[] something, int to) {
        byte[] result = Arrays.copyOf(bytes, at + something.length + bytes.length - to);
        System.arraycopy(something, 0, result, at, something.length);
        System.arraycopy(bytes, to, result, at + something.length, bytes.length - to);
        return result;
    }

    /** Huge, in text or as a protobuf number. */
    private static byte[] number(SplittableRandom random) {
        int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 3_000 : 25);
        byte[] digits = new byte[length];
        Arrays.fill(digits, random.nextBoolean() ? (byte) ('0' + random.nextInt(10)) : (byte) 0xFF);
        if (random.nextInt(4) == 0) {
            digits[random.nextInt(length)] = (byte) "-.eE".charAt(random.nextInt(4));
        }
        return digits;
    }

    private static byte[] nesting(SplittableRandom random) {
        String opening = random.nextBoolean() ? "[" : "{\"id\":";
        return opening.repeat(1 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 40)).getBytes(StandardCharsets.US_ASCII);
    }

    /** Up to a little more than a record may be: one thing over and over, one long text, or names that are all different. */
    private static byte[] bulk(SplittableRandom random, byte[] bytes) {
        int size = 1 + random.nextInt(FlowDecoder.MAX_RECORD_BYTES + 100);
        byte[] bulk = new byte[size];
        switch (random.nextInt(3)) {
            case 0 -> {
                for (int i = 0; i < size; i++) {
                    bulk[i] = bytes[i % bytes.length];
                }
            }
            case 1 -> Arrays.fill(bulk, (byte) random.nextInt(32, 127));
            default -> {
                StringBuilder names = new StringBuilder(size + 40);
                int parts = 1 + random.nextInt(random.nextBoolean() ? 3 : 120);
                while (names.length() < size) {
                    names.append('"');
                    for (int i = 0; i < parts; i++) {
                        names.append(Long.toString(random.nextLong(1L << 40), 36));
                    }
                    names.append("\":1,");
                }
                names.setLength(size);
                bulk = names.toString().getBytes(StandardCharsets.US_ASCII);
            }
        }
        return bulk;
    }
}
