package io.botwatch.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.control.Answer;
import io.botwatch.control.Ledger;
import io.botwatch.control.Message;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.ingest.Decoded;
import io.botwatch.rule.RuleBytes;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.rules.RuleText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Changes that come with the records give the findings of a job that knew them from the beginning: by random changes of everything
 * that can be changed, at random times.
 */
class LiveChangesTest {
    private static final int CHANGES = 12;
    private static final long MINUTE = 60_000;

    /** Of each rule some values, each in two forms. */
    private static final String[][] VALUES = {
        {"BEACON-SLOW", "min_connections: 6", "min_connections: 20"},
        {"BEACON-SLOW", "min_duration: 10m", "min_duration: 90m"},
        {"BEACON-SLOW", "size: 24h", "size: 2h"},
        {"BEACON-FAST", "min_connections: 20", "min_connections: 8"},
        {"BEACON-FAST", "slide: 1m", "slide: 5m"},
        {"VOLUMETRIC-INBOUND", "level: critical", "level: low"},
        {"VOLUMETRIC-INBOUND", "size: 5m", "size: 10m"},
        {"SPREADER", "level: high", "level: medium"},
        {"IRC", "suppression: {duration: 1h}", "suppression: {duration: 10m}"},
    };

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void changesAmongTheRecordsAreWhatATimelineIs(long seed) throws Exception {
        Random random = new Random(seed);
        List<Decoded> flows = flows(seed);
        Ledger ledger = Ledger.begin(RuleText.named("enterprise", null), true);
        RuleTimeline before = ledger.timeline();
        Set<Integer> places = new HashSet<>();
        while (places.size() < CHANGES) {
            places.add(random.nextInt(flows.size()));
        }
        List<Decoded> withChanges = new ArrayList<>();
        List<String> done = new ArrayList<>();
        long latestMs = Long.MIN_VALUE;
        for (int i = 0; i < flows.size(); i++) {
            if (places.contains(i)) {
                done.addAll(change(ledger, latestMs, random));
                RuleTimeline.Epoch last = ledger.timeline().last();
                withChanges.add(new Decoded().asChange(RuleBytes.change(last.sequence(), last.fromMs(), last.rules())));
            }
            withChanges.add(flows.get(i));
            latestMs = Math.max(latestMs, flows.get(i).flow.endMs);
        }
        String what = "seed " + seed + ": " + String.join("; ", done);
        System.out.println(what);
        List<String> live = JobRun.overRecords(withChanges, before, true, 1, folder).ocsf();
        List<String> known = JobRun.overRecords(flows, ledger.timeline(), false, 2, folder).ocsf();
        List<String> unchanged = JobRun.overRecords(flows, before, false, 2, folder).ocsf();
        assertThat(without(live, known)).as("only live, %s", what).isEmpty();
        assertThat(without(known, live)).as("missing live, %s", what).isEmpty();
        assertThat(known).as("the changes matter, %s", what).isNotEqualTo(unchanged);
    }

    private static List<String> without(List<String> records, List<String> others) {
        Set<String> known = Set.copyOf(others);
        return records.stream().filter(record -> !known.contains(record)).limit(2).toList();
    }

    /** Some end in the end of a minute, so that changes are not put off until long connections have ended. */
    private static List<Decoded> flows(long seed) {
        List<Decoded> flows = new ArrayList<>();
        FlowCursor cursor = Scenario.enterprise(seed, 5, 0.05).cursor();
        for (Decoded record = new Decoded(); cursor.next(record.flow); record = new Decoded()) {
            if (seed % 2 == 0) {
                record.flow.endMs = Math.min(record.flow.endMs, record.flow.startMs + MINUTE);
            }
            flows.add(record.asFlow());
        }
        return flows;
    }

    private static List<String> change(Ledger ledger, long latestMs, Random random) {
        ArrayDeque<Message> commands = new ArrayDeque<>();
        commands.add(command(ledger, random, ledger.position() + 1));
        ledger.take(commands, Long.MAX_VALUE / 2);
        List<Answer> answers = ledger.settle(latestMs);
        assertThat(answers).allMatch(Answer::accepted, "accepted: " + answers.get(0).reasons() + " " + answers.get(0).document());
        return answers.stream().map(answer -> answer.command() + " from " + answer.effectiveFromMs()).toList();
    }

    private static Message command(Ledger ledger, Random random, long position) {
        String[] rules = ledger.timeline().last().rules().rules().stream().map(rule -> rule.info().id()).toArray(String[]::new);
        String rule = rules[random.nextInt(rules.length)];
        return switch (random.nextInt(7)) {
            case 0 -> message(position, "mode:" + rule, "{command: DISABLE, rule: " + rule + "}");
            case 1 -> message(position, "mode:" + rule, "{command: ENABLE, rule: " + rule + "}");
            case 2 -> message(
                    position,
                    "role:scanner",
                    "{command: UPSERT, role: {name: scanner, networks: [10.1." + 100 + ".0/" + (24 + random.nextInt(8)) + "]}}");
            case 3 -> {
                String[] actions = {"action: drop", "action: tag", "action: lower, to: low"};
                yield message(
                        position,
                        "exception:EX",
                        "{command: UPSERT, exception: {id: EX, title: t, rules: [" + rule + "], selection: {src_cidr: [10.1.0.0/16]}, "
                                + actions[random.nextInt(3)] + ", owner: o, ticket: T, expires: 2027-01-01}}");
            }
            case 4 -> message(
                    position,
                    "internal_subnets",
                    "{command: UPSERT, internal_subnets: [10.0.0.0/8, " + (random.nextBoolean() ? "172.16.0.0/12" : "192.168.0.0/16") + "]}");
            default -> value(ledger, random, position);
        };
    }

    /** Turns one value of a rule into its other form. */
    private static Message value(Ledger ledger, Random random, long position) {
        String[] value = VALUES[random.nextInt(VALUES.length)];
        String yaml = ledger.text().yaml();
        List<String> lines = yaml.lines().toList();
        int begin = IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).strip().equals("- id: " + value[0]))
                .findFirst()
                .orElse(-1);
        if (begin < 0) {
            return message(position, "mode:STROBE", "{command: DISABLE, rule: STROBE}");
        }
        String indent = lines.get(begin).substring(0, lines.get(begin).indexOf('-'));
        int end = IntStream.range(begin + 1, lines.size())
                .filter(i -> lines.get(i).startsWith(indent + "- id: ") || !lines.get(i).startsWith(indent + "  "))
                .findFirst()
                .orElse(lines.size());
        String rule = String.join("\n", lines.subList(begin, end)).replaceFirst("- id", "  id");
        String turned = rule.contains(value[1]) ? rule.replace(value[1], value[2]) : rule.replace(value[2], value[1]);
        String indented = Arrays.stream(turned.split("\n")).map(line -> "  " + line).reduce((a, b) -> a + "\n" + b).orElseThrow();
        return message(position, "rule:" + value[0], "command: UPSERT\nrule:\n" + indented + "\n");
    }

    private static Message message(long position, String key, String value) {
        return new Message(position, key, value.getBytes(StandardCharsets.UTF_8), false);
    }
}
