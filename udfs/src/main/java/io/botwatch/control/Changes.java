package io.botwatch.control;

import io.botwatch.document.YamlEdit;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RuleText;
import io.botwatch.story.StoryRule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What one rule document has and another has not, as far as it matters to a running job. */
record Changes(RuleText before, RuleSet rulesBefore, RuleText after, RuleSet rulesAfter) {

    /**
     * What a running job cannot do.
     *
     * @param inGraph ids of the relay and story rules that it has operators for
     */
    List<String> faults(Set<String> inGraph, boolean shadowTopic) {
        List<String> faults = new ArrayList<>();
        if (rulesBefore.preset() != rulesAfter.preset()) {
            faults.add("preset: is the job's graph; start another job for it");
        }
        Map<String, Rule> old = byId(rulesBefore);
        Map<String, Rule> now = byId(rulesAfter);
        Set<String> ids = new LinkedHashSet<>(old.keySet());
        ids.addAll(now.keySet());
        Map<String, String> valuesBefore = flat(before);
        Map<String, String> valuesAfter = flat(after);
        for (String id : ids) {
            if (isOfGraph(old.get(id)) || isOfGraph(now.get(id))) {
                faultsOfGraph(id, of(id, valuesBefore), of(id, valuesAfter), now.get(id), inGraph, faults);
            }
            Rule rule = now.get(id);
            if (rule != null && rule.info().mode() == RuleInfo.Mode.SHADOW && !shadowTopic) {
                faults.add("rule.mode: 'shadow' of " + id + " needs sink.shadow_topic in the job's configuration");
            }
        }
        return faults;
    }

    private static void faultsOfGraph(
            String id, Map<String, String> before, Map<String, String> after, Rule now, Set<String> inGraph, List<String> faults) {
        String cure = "relay and story rules are operators of the job: only their mode can change while it runs; for the rest start"
                + " it with another topic of results";
        if (!before.equals(after)) {
            faults.add("rule." + different(before, after) + ": " + id + ": " + cure);
        } else if (now != null && now.info().runs() && !inGraph.contains(id)) {
            faults.add("rule.mode: " + id + " was disabled when the job began: " + cure);
        }
    }

    private static boolean isOfGraph(Rule rule) {
        return rule instanceof RelayRule || rule instanceof StoryRule;
    }

    private static String different(Map<String, String> old, Map<String, String> now) {
        Set<String> keys = new LinkedHashSet<>(old.keySet());
        keys.addAll(now.keySet());
        return keys.stream()
                .filter(key -> !Objects.equals(old.get(key), now.get(key)))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, String> flat(RuleText text) {
        return YamlEdit.of("rules", text.yaml().getBytes(StandardCharsets.UTF_8)).flat();
    }

    /** Of one rule but its mode, by path. */
    private static Map<String, String> of(String id, Map<String, String> all) {
        String prefix = "rules[" + id + "].";
        Map<String, String> values = new TreeMap<>();
        all.forEach((path, value) -> {
            if (path.startsWith(prefix) && !path.equals(prefix + "mode")) {
                values.put(path.substring(prefix.length()), value);
            }
        });
        return values;
    }

    /** What follows for a running job from a change. */
    static List<String> notes(RuleSet before, RuleSet after) {
        List<String> notes = new ArrayList<>();
        Map<String, Rule> old = byId(before);
        Map<String, Rule> now = byId(after);
        now.forEach((id, rule) -> {
            Rule was = old.get(id);
            boolean ran = was != null && was.info().runs();
            if (rule.info().runs() && !ran) {
                notes.add("rule " + id + " begins, with flows that start from then on");
            } else if (rule.info().runs() && was.stateKey() != rule.stateKey()) {
                notes.add("the state of rule " + id + " begins anew: its window, or what it counts by, has changed");
            } else if (!rule.info().runs() && ran) {
                notes.add("rule " + id + " ends");
            }
        });
        old.forEach((id, rule) -> {
            if (!now.containsKey(id) && rule.info().runs()) {
                notes.add("rule " + id + " ends");
            }
        });
        boolean networks = !before.roles().equals(after.roles());
        if (networks && !after.active(RelayRule.class).isEmpty()) {
            notes.add("relay rules keep the roles that they were started with");
        }
        return notes;
    }

    /** A fault of the whole document, told as one of the command's. */
    static String asOf(Command command, String problem) {
        if (command == null || command.action() == Command.Action.REPLACE) {
            return problem.replaceFirst("^command(:\\d+)?: ", "");
        }
        String plain = problem.replaceFirst("^rules(:\\d+)?: ", "");
        return switch (command.part()) {
            case RULE -> plain.replaceFirst("^rules\\[\\d+]", "rule");
            case EXCEPTION -> plain.replaceFirst("^exceptions\\[\\d+]", "exception");
            case ROLE -> plain.replaceFirst("^roles\\." + Pattern.quote(command.id()) + "\\[", "role.networks[");
            case SET -> plain.replaceFirst("^sets\\." + Pattern.quote(command.id()), "set");
            case INTERNAL_SUBNETS, NEVER_INCLUDED_SUBNETS -> plain;
        };
    }

    private static Map<String, Rule> byId(RuleSet rules) {
        return rules.rules().stream().collect(Collectors.toMap(
                rule -> rule.info().id(), Function.identity(), (a, b) -> a, LinkedHashMap::new));
    }
}
