package io.botwatch.flow;

/** FNV-1a, 64 bits: the same on every machine and in every release. {@link String#hashCode} is too narrow to tell hundreds apart. */
public final class TextHash {
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private TextHash() {}

    public static long of(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }
}
