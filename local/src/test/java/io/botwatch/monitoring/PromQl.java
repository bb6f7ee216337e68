package io.botwatch.monitoring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which series an expression of Prometheus asks for: enough of its grammar for what is written in monitoring/. */
final class PromQl {
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "offset", "bool", "inf", "nan");
    private static final Pattern LABEL_LIST =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");

    /** A name that no bracket makes a function or an aggregation. */
    private static final Pattern SELECTOR =
            Pattern.compile("(?<![\\w:.$])([a-zA-Z_:][\\w:]*+)\\s*+(\\{((?:[^}\"]|\"[^\"]*\")*+)})?+(?!\\s*\\()");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");

    private PromQl() {}

    /** One label that a series must have, or must not. */
    record Match(String label, String operator, String value) {
        boolean holds(Map<String, String> labels) {
            String actual = labels.getOrDefault(label, "");
            return switch (operator) {
                case "=" -> actual.equals(value);
                case "!=" -> !actual.equals(value);
                case "=~" -> actual.matches(value);
                default -> !actual.matches(value);
            };
        }
    }

    /** A metric's name and which of its series. */
    record Selector(String name, List<Match> matches) {
        /** Whether there is such a series. */
        boolean isIn(Exposition exposition) {
            return exposition.samples().stream()
                    .anyMatch(sample -> sample.name().equals(name)
                            && matches.stream().allMatch(match -> match.holds(sample.labels())));
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(name);
            matches.forEach(match -> text.append(' ').append(match.label()).append(match.operator()).append(match.value()));
            return text.toString();
        }
    }

    static List<Selector> selectors(String expression) {
        String bare = RANGE.matcher(LABEL_LIST.matcher(expression).replaceAll(" ")).replaceAll(" ");
        Map<String, Selector> found = new LinkedHashMap<>();
        Matcher selector = SELECTOR.matcher(bare);
        while (selector.find()) {
            if (WORDS.contains(selector.group(1))) {
                continue;
            }
            List<Match> matches = new ArrayList<>();
            Matcher matcher = MATCHER.matcher(selector.group(3) == null ? "" : selector.group(3));
            while (matcher.find()) {
                matches.add(new Match(matcher.group(1), matcher.group(2), matcher.group(3)));
            }
            Selector one = new Selector(selector.group(1), matches);
            found.put(one.toString(), one);
        }
        return List.copyOf(found.values());
    }
}
