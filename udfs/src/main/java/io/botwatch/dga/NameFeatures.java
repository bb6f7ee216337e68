package io.botwatch.dga;

/** What a label looks like, in numbers: how long it is, what it is made of, and how expected its characters are. */
public final class NameFeatures {
    /** How many numbers. */
    public static final int COUNT = 13;

    private static final int OF_LANGUAGE = 9;

    private NameFeatures() {}

    /** @param label of at least one character, lower case */
    public static double[] of(String label, NameLanguage language) {
        int length = label.length();
        int vowels = 0;
        int digits = 0;
        int switches = 0;
        int run = 0;
        int longestRun = 0;
        int hyphens = 0;
        int[] counts = new int[128];
        int distinct = 0;
        for (int i = 0; i < length; i++) {
            char c = label.charAt(i);
            boolean vowel = "aeiou".indexOf(c) >= 0;
            vowels += vowel ? 1 : 0;
            digits += isDigit(c) ? 1 : 0;
            hyphens += c == '-' ? 1 : 0;
            switches += i > 0 && isDigit(c) != isDigit(label.charAt(i - 1)) ? 1 : 0;
            run = c >= 'a' && c <= 'z' && !vowel && c != 'y' ? run + 1 : 0;
            longestRun = Math.max(longestRun, run);
            distinct += counts[c & 127]++ == 0 ? 1 : 0;
        }
        double entropy = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / length;
                entropy -= share * Math.log(share) / Math.log(2);
            }
        }
        double[] features = new double[COUNT];
        features[0] = length / 20.0;
        features[1] = (double) vowels / length;
        features[2] = (double) digits / length;
        features[3] = entropy / 4;
        features[4] = longestRun / 5.0;
        features[5] = (double) distinct / length;
        features[6] = hyphens > 0 ? 1 : 0;
        features[7] = (double) switches / length;
        features[8] = (double) longestRun / length;
        language.describe(label, features, OF_LANGUAGE);
        return features;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
