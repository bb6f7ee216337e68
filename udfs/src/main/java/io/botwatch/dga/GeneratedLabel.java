package io.botwatch.dga;

import java.util.Set;

/**
 * The part of a name that whoever registered it chose: the label under a suffix that anyone may register under. A list of a few
 * suffixes stands for the thousands that there are: a suffix that is missing makes a score of itself, once for all names
 * under it.
 */
public final class GeneratedLabel {
    /** Second levels under which countries register. */
    private static final Set<String> SECOND_LEVEL =
            Set.of("co", "com", "org", "net", "gov", "edu", "ac", "or", "ne", "go", "gob", "nom", "info", "web", "in");

    /** Domains whose customers get names of their own choice. */
    private static final Set<String> DYNAMIC = Set.of(
            "ddns", "dyndns", "dynserv", "mooo", "yi", "no-ip", "noip", "duckdns", "hopto", "zapto", "sytes", "servebeer",
            "redirectme", "myftp", "dynalias", "homeip", "gotdns", "dnsalias", "afraid", "chickenkiller", "us", "strangled",
            "ignorelist");

    private GeneratedLabel() {}

    /** @return empty where the name has none: a bare suffix, a reversed address, a service's underscore name */
    public static String of(String name) {
        if (name.endsWith(".arpa") || name.startsWith("_") || name.contains("._")) {
            return "";
        }
        String[] labels = name.split("\\.");
        int last = labels.length - 1;
        if (last < 1) {
            return "";
        }
        if (last >= 2
                && (labels[last].length() == 2 && SECOND_LEVEL.contains(labels[last - 1]) || DYNAMIC.contains(labels[last - 1]))) {
            return labels[last - 2];
        }
        return labels[last - 1];
    }
}
