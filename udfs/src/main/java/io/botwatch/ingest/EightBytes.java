package io.botwatch.ingest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of text at once, in one register, the first of them lowest: a step for each byte is a branch that the processor
 * cannot foresee where the text ends. The sums carry or borrow into higher bytes only beyond a byte that is told anyway.
 *
 * <p>For the number see D. Lemire, "Quickly parsing eight digits", 2018.
 */
final class EightBytes {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long SIGNS = 0x80 * ONES;
    private static final long ZEROS = '0' * ONES;

    /** Makes what is above '9' negative. */
    private static final long ABOVE_NINE = (0x7F - '9') * ONES;

    private static final long EVEN_PAIRS = 0x000000FF000000FFL;

    private EightBytes() {}

    /** The bytes from there; eight of them must be there. */
    static long at(byte[] text, int from) {
        return (long) LONGS.get(text, from);
    }

    /** How many digits it begins with, 0 to 8. */
    static int digits(long word) {
        long others = (word + ABOVE_NINE | word - ZEROS) & SIGNS;
        return Long.numberOfTrailingZeros(others) >>> 3;
    }

    /** How many bytes it begins with that are ASCII and neither control characters nor quotes nor backslashes, 0 to 8. */
    static int plain(long word) {
        long others = (word | word - ' ' * ONES | zeros(word ^ '"' * ONES) | zeros(word ^ '\\' * ONES)) & SIGNS;
        return Long.numberOfTrailingZeros(others) >>> 3;
    }

    /** The sign of the lowest byte that is 0, if any is. */
    private static long zeros(long word) {
        return word - ONES & ~word;
    }

    /** The number that its first digits are. @param count of the digits, 1 to 8 */
    static int number(long word, int count) {
        long digits = word - ZEROS << 64 - 8 * count;
        long pairs = digits * 10 + (digits >>> 8);
        long first = (pairs & EVEN_PAIRS) * (100 + (1_000_000L << 32));
        long second = (pairs >>> 16 & EVEN_PAIRS) * (1 + (10_000L << 32));
        return (int) (first + second >>> 32);
    }
}
