package io.botwatch.dga;

import java.util.Arrays;

/**
 * How often characters follow each other in labels that people chose: counts of one, two and three, interpolated (each order
 * smoothed by the one below it with a weight of {@value #SMOOTHING}, after Witten and Bell's idea). Not for use by several
 * threads while it is trained.
 */
public final class NameLanguage {
    /** Letters, digits, hyphen, anything else, begin, end. */
    static final int SYMBOLS = 40;

    private static final int OTHER = 37;
    private static final int BEGIN = 38;
    private static final int END = 39;
    private static final double SMOOTHING = 5;

    /** Below this a character is a surprise, log of a probability. */
    private static final double SURPRISE = -5;

    /** By the symbol, by two, and by three of them: the last one varies fastest. */
    final int[] ones = new int[SYMBOLS];

    final int[] twos = new int[SYMBOLS * SYMBOLS];
    final int[] threes = new int[SYMBOLS * SYMBOLS * SYMBOLS];

    private final int[] afterOne = new int[SYMBOLS];
    private final int[] afterTwo = new int[SYMBOLS * SYMBOLS];
    private int all;

    public void learn(String label) {
        int before = BEGIN;
        int last = BEGIN;
        for (int i = 0; i <= label.length(); i++) {
            int symbol = i < label.length() ? symbol(label.charAt(i)) : END;
            count(before, last, symbol, 1);
            before = last;
            last = symbol;
        }
    }

    private void count(int before, int last, int symbol, int times) {
        ones[symbol] += times;
        twos[last * SYMBOLS + symbol] += times;
        threes[(before * SYMBOLS + last) * SYMBOLS + symbol] += times;
        afterOne[last] += times;
        afterTwo[before * SYMBOLS + last] += times;
        all += times;
    }

    /** Counts three of them, as {@link #threes} has it. */
    void count(int three, int times) {
        count(three / SYMBOLS / SYMBOLS, three / SYMBOLS % SYMBOLS, three % SYMBOLS, times);
    }

    private static int symbol(char c) {
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        return c >= '0' && c <= '9' ? 26 + c - '0' : c == '-' ? 36 : OTHER;
    }

    /**
     * How expected the characters of a label are, as logs of probabilities.
     *
     * @param into from {@code at}: their mean, the least, the mean of the less expected half, and the share of surprises
     */
    void describe(String label, double[] into, int at) {
        double[] logs = new double[label.length() + 1];
        int before = BEGIN;
        int last = BEGIN;
        double sum = 0;
        int surprises = 0;
        for (int i = 0; i < logs.length; i++) {
            int symbol = i < label.length() ? symbol(label.charAt(i)) : END;
            logs[i] = Math.log(probability(before, last, symbol));
            sum += logs[i];
            surprises += logs[i] < SURPRISE ? 1 : 0;
            before = last;
            last = symbol;
        }
        Arrays.sort(logs);
        int half = Math.max(1, logs.length / 2);
        double lower = 0;
        for (int i = 0; i < half; i++) {
            lower += logs[i];
        }
        into[at] = sum / logs.length;
        into[at + 1] = logs[0];
        into[at + 2] = lower / half;
        into[at + 3] = (double) surprises / logs.length;
    }

    private double probability(int before, int last, int symbol) {
        double one = (ones[symbol] + SMOOTHING / SYMBOLS) / (all + SMOOTHING);
        double two = (twos[last * SYMBOLS + symbol] + SMOOTHING * one) / (afterOne[last] + SMOOTHING);
        int context = before * SYMBOLS + last;
        return (threes[context * SYMBOLS + symbol] + SMOOTHING * two) / (afterTwo[context] + SMOOTHING);
    }
}
