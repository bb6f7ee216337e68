package io.botwatch.rita;

import io.botwatch.document.DocumentException;
import io.botwatch.network.Network;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The shipped rules with what a configuration of RITA says of the same things. Scores are not carried over: a score of 0.7 there is
 * none here.
 */
public final class RitaImport {
    private static final long DAY_S = 86_400;
    private static final List<String> LONG = List.of("base", "low", "medium", "high");
    private static final List<String> SEVERITIES = List.of("low", "medium", "high", "critical");

    private final List<String> taken = new ArrayList<>();
    private final List<String> untaken;
    private String yaml;

    /**
     * @param shipped the rule file that is the pattern
     * @throws DocumentException with every fault of the configuration
     */
    public RitaImport(Path configuration, String shipped) {
        RitaConfig config = RitaConfig.load(configuration);
        yaml = shipped;
        internal(config.networks("filtering.internal_subnets"));
        neverIncluded(config.networks("filtering.never_included_subnets"));
        minConnections(config.whole("scoring.beacon.unique_connection_threshold", 1, 1_000_000_000));
        longConnections(config);
        config.throwIfAny();
        untaken = config.untaken();
    }

    /** A rule file; comments stay. */
    public String yaml() {
        return yaml;
    }

    /** What was taken over, a line each. */
    public List<String> taken() {
        return taken;
    }

    /** Paths of values that have no counterpart. */
    public List<String> untaken() {
        return untaken;
    }

    private void internal(List<Network> networks) {
        if (!networks.isEmpty()) {
            replace("(?m)^internal_subnets: .*$", "internal_subnets: " + listed(networks));
            taken.add("filtering.internal_subnets -> internal_subnets");
        }
    }

    /** There connections that touch them are dropped; so they are neither internal here nor anybody's peer. */
    private void neverIncluded(List<Network> networks) {
        if (networks.isEmpty()) {
            return;
        }
        replace("(?m)^never_included_subnets: .*$", "never_included_subnets: " + listed(networks)
                + "\n\nsets:\n  never-included: {networks: " + listed(networks) + "}");
        // Of all outbound rules but the one of names, which has no destinations.
        yaml = yaml.replaceAll("(?m)^(      direction: outbound\\n)(?!      name_not)", "$1      dst_not: [\"set:never-included\"]\n");
        taken.add("filtering.never_included_subnets -> never_included_subnets, and filter.dst_not of the rules that have one");
    }

    private void minConnections(long count) {
        if (count > 0) {
            Matcher rule = Pattern.compile("(?s)(- id: BEACON-SLOW\\n.*?min_connections: )\\d+").matcher(yaml);
            yaml = rule.replaceFirst("$1" + count);
            taken.add("scoring.beacon.unique_connection_threshold -> min_connections of BEACON-SLOW");
        }
    }

    private void longConnections(RitaConfig config) {
        List<Long> seconds = LONG.stream()
                .map(level -> config.whole("scoring.long_connection_score_thresholds." + level, 60, 31 * DAY_S))
                .toList();
        if (seconds.stream().allMatch(s -> s > 0)) {
            List<String> bounds = new ArrayList<>();
            for (int i = 0; i < SEVERITIES.size(); i++) {
                bounds.add(SEVERITIES.get(i) + ": " + seconds.get(i) + "s");
            }
            replace("duration: \\{low: [^}]*\\}", "duration: {" + String.join(", ", bounds) + "}");
            taken.add("scoring.long_connection_score_thresholds -> duration of LONG-CONNECTION");
        }
    }

    private void replace(String pattern, String replacement) {
        Matcher matcher = Pattern.compile(pattern).matcher(yaml);
        if (!matcher.find()) {
            throw new IllegalStateException("the shipped rules have nothing like " + pattern);
        }
        yaml = matcher.replaceFirst(Matcher.quoteReplacement(replacement));
    }

    private static String listed(List<Network> networks) {
        return networks.stream().map(network -> '"' + network.toString() + '"').collect(Collectors.joining(", ", "[", "]"));
    }
}
