package io.botwatch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.document.DocumentException;
import io.botwatch.rule.RuleInfo;
import io.botwatch.rule.RuleSet;
import io.botwatch.rule.RuleTimeline;
import io.botwatch.rules.RuleText;
import io.botwatch.rules.RulesDocument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private static final long NOW = 1_767_571_200_000L;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final String EXCEPTION = "{command: UPSERT, exception: {id: EX, title: t, rules: [IRC], selection: {dst_port: [6667]}, "
            + "action: drop, owner: o, ticket: T, expires: 2027-01-01}}";

    private final List<Answer> history = new ArrayList<>();
    private Ledger ledger = begin(true);
    private long position;

    private Ledger begin(boolean shadowTopic) {
        Ledger begun = Ledger.begin(RuleText.named("enterprise", null), shadowTopic);
        history.add(begun.beginning());
        return begun;
    }

    @Test
    void whatIsReadAsItIsShippedIsWhatTheShippedFileSays() {
        assertThat(ledger.timeline().last().rules().rules()).hasSameSizeAs(RulesDocument.preset("enterprise").rules());
        assertThat(ledger.beginning().configVersion()).isEqualTo(RulesDocument.preset("enterprise").version());
    }

    @Test
    void aChangeCountsBehindEverythingThatWasRead() {
        assertThat(accepted("mode:IRC", "{command: DISABLE, rule: IRC}", NOW).effectiveFromMs()).isEqualTo(NOW + 1);
        assertThat(runs(NOW)).isTrue();
        assertThat(runs(NOW + 1)).isFalse();
    }

    @Test
    void aChangeCountsFromWhenItAsksToWhereThatIsLater() {
        Answer answer = accepted("mode:IRC", "{command: DISABLE, rule: IRC, effective_from: 2026-01-05T03:00:00Z}", NOW);
        assertThat(answer.effectiveFromMs()).isEqualTo(NOW + 3 * HOUR);
        Answer next = accepted("mode:IRC", "{command: ENABLE, rule: IRC}", NOW + HOUR);
        assertThat(next.effectiveFromMs()).as("changes keep their order").isEqualTo(NOW + 3 * HOUR);
        assertThat(ledger.timeline().epochs()).as("what never was in force").hasSize(2);
    }

    @Test
    void commandsOfOneTimeAreOneChangeAndOthersWait() {
        ArrayDeque<Message> commands = new ArrayDeque<>(List.of(
                message("mode:IRC", "{command: DISABLE, rule: IRC}"),
                message("mode:NONE", "{command: DISABLE, rule: NONE}"),
                message("exception:EX", EXCEPTION),
                message("mode:IRC", "{command: ENABLE, rule: IRC, effective_from: 2026-01-05T03:00:00Z}")));
        assertThat(ledger.take(commands, NOW)).isTrue();
        assertThat(commands).hasSize(1);
        assertThat(ledger.settle(NOW)).extracting(Answer::accepted).containsExactly(true, false, true);
        assertThat(ledger.timeline().epochs()).hasSize(2);
        assertThat(ledger.take(commands, NOW)).isTrue();
        assertThat(ledger.settle(NOW)).extracting(Answer::sequence).containsExactly(4L);
    }

    @Test
    void whatIsRefusedNeedsNoTimeAndChangesNothing() {
        RuleSet before = ledger.timeline().last().rules();
        ArrayDeque<Message> commands = new ArrayDeque<>(List.of(message("mode:NONE", "{command: DISABLE, rule: NONE}")));
        assertThat(ledger.take(commands, NOW)).isFalse();
        Answer answer = ledger.settle(Long.MIN_VALUE).get(0);
        assertThat(answer.reasons()).containsExactly("rule: there is no rule 'NONE'");
        assertThat(answer.effectiveFromMs()).isEqualTo(Long.MIN_VALUE);
        assertThat(ledger.timeline().last().rules()).isEqualTo(before);
    }

    @Test
    void everyPartCanBePutAndTakenAway() {
        accepted("set:hosting", "{command: UPSERT, set: {name: hosting, networks: [198.51.100.0/24]}}", NOW);
        accepted("role:scanner", "{command: UPSERT, role: {name: scanner, networks: ['set:hosting']}}", NOW);
        accepted("exception:EX", EXCEPTION, NOW);
        accepted("internal_subnets", "{command: UPSERT, internal_subnets: [172.16.0.0/12]}", NOW);
        accepted("never_included_subnets", "{command: UPSERT, never_included_subnets: [172.16.1.0/24]}", NOW);
        RuleSet rules = ledger.timeline().last().rules();
        assertThat(rules.exceptions().entries()).hasSize(1);
        assertThat(ledger.text().yaml()).contains("172.16.1.0/24", "198.51.100.0/24");
        assertThat(refused("set:hosting", null).reasons()).singleElement().asString().contains("roles.scanner[0]: 'hosting' is no set");
        accepted("role:scanner", null, NOW);
        accepted("set:hosting", "{command: DELETE, set: hosting}", NOW);
        accepted("exception:EX", null, NOW);
        accepted("rule:IRC", null, NOW);
        RuleSet after = ledger.timeline().last().rules();
        assertThat(after.exceptions().entries()).isEmpty();
        assertThat(after.rules()).hasSize(rules.rules().size() - 1);
    }

    @Test
    void aRuleThatAnExceptionNamesCannotBeDeleted() {
        accepted("exception:EX", EXCEPTION, NOW);
        assertThat(refused("rule:IRC", null).reasons()).singleElement().asString().startsWith("exceptions[0].rules[0]: 'IRC'");
    }

    @Test
    void whatIsPartOfTheGraphOnlyChangesItsMode() {
        accepted("mode:STORY", "{command: DISABLE, rule: STORY}", NOW);
        accepted("mode:STORY", "{command: ENABLE, rule: STORY}", NOW);
        assertThat(refused("rule:STORY", null).reasons()).singleElement().asString().contains("only their mode can change");
        assertThat(refused("rule:STORY", "{command: UPSERT, rule: {id: STORY, title: t, type: story, level: high, window: {size: 1h}, "
                        + "condition: {control: [beacon], action: [spam], min_severity: low}}}")
                .reasons()).singleElement().asString().startsWith("rule.");
        String yaml = ledger.text().yaml();
        int story = yaml.indexOf("id: STORY");
        Ledger without = Ledger.begin(
                RuleText.named("enterprise", null).with(yaml.substring(0, story)
                        + yaml.substring(story).replaceFirst("mode: active", "mode: disabled")),
                true);
        without.take(new ArrayDeque<>(List.of(message("mode:STORY", "{command: ENABLE, rule: STORY}"))), NOW);
        assertThat(without.settle(NOW).get(0).reasons()).singleElement().asString().contains("was disabled when the job began");
    }

    @Test
    void shadowNeedsATopic() {
        ledger = begin(false);
        String irc = ruleOf("IRC").replaceFirst("mode: active", "mode: shadow");
        assertThat(refused("rule:IRC", irc).reasons()).containsExactly(
                "rule.mode: 'shadow' of IRC needs sink.shadow_topic in the job's configuration");
        ledger = begin(true);
        accepted("rule:IRC", irc, NOW);
        assertThat(ledger.timeline().last().rules().rules()).anyMatch(rule -> rule.info().mode() == RuleInfo.Mode.SHADOW);
    }

    @Test
    void theAnswerSaysWhatFollowsFromIt() {
        assertThat(accepted("rule:BEACON-FAST", ruleOf("BEACON-FAST").replace("size: 1h", "size: 2h"), NOW).notes())
                .containsExactly("the state of rule BEACON-FAST begins anew: its window, or what it counts by, has changed");
        assertThat(accepted("rule:BEACON-FAST", ruleOf("BEACON-FAST").replace("min_connections: 20", "min_connections: 21"), NOW).notes())
                .isEmpty();
        assertThat(accepted("mode:IRC", "{command: DISABLE, rule: IRC}", NOW).notes()).containsExactly("rule IRC ends");
    }

    @Test
    void aWholeDocumentTakesThePlaceOfTheOneBefore() {
        String yaml = ledger.text().yaml();
        ArrayDeque<Message> commands = new ArrayDeque<>(List.of(
                new Message(1, null, yaml.replace("min_connections: 20", "min_connections: 22").getBytes(StandardCharsets.UTF_8), true),
                new Message(2, null, "rules: [".getBytes(StandardCharsets.UTF_8), true),
                new Message(3, null, yaml.replaceFirst("preset: enterprise", "preset: aql").getBytes(StandardCharsets.UTF_8), true)));
        ledger.take(commands, NOW);
        List<Answer> answers = ledger.settle(NOW);
        assertThat(answers.get(0).accepted()).isTrue();
        assertThat(answers.get(1).reasons()).singleElement().asString().contains("not YAML");
        assertThat(ledger.timeline().last().rules().of(BeaconRule.class)).anyMatch(rule -> rule.minConnections() == 22);
    }

    /** Random commands, and the same history replayed gives the same rules at the same times. */
    @Test
    void aHistoryReplayedGivesTheSameTimeline() throws IOException {
        long seed = 7;
        Random random = new Random(seed);
        long latest = NOW;
        for (int i = 0; i < 150; i++) {
            latest += random.nextInt((int) HOUR);
            String id = new String[] {"IRC", "SPAM", "BEACON-SLOW", "NONE"}[random.nextInt(4)];
            ArrayDeque<Message> commands = new ArrayDeque<>();
            for (int j = random.nextInt(3); j >= 0; j--) {
                commands.add(switch (random.nextInt(4)) {
                    case 0 -> message("mode:" + id, "{command: DISABLE, rule: " + id + "}");
                    case 1 -> message("mode:" + id, "{command: ENABLE, rule: " + id + "}");
                    case 2 -> message("exception:EX", random.nextBoolean() ? EXCEPTION : null);
                    default -> message("role:nat", "{command: UPSERT, role: {name: nat, networks: [10.0.0." + random.nextInt(256) + "]}}");
                });
            }
            while (!commands.isEmpty()) {
                history.addAll(settle(commands, latest));
            }
        }
        List<Answer> read = new ArrayList<>();
        for (Answer answer : history) {
            Answer copy = Answer.ofJson(answer.toJson());
            assertThat(copy).isEqualTo(answer);
            read.add(copy);
        }
        RuleText text = RuleText.named("enterprise", null);
        Ledger all = Ledger.replay(text, read, true, Ledger.Keep.ALL);
        assertThat(all.sequence()).isEqualTo(ledger.sequence());
        assertThat(all.position()).isEqualTo(ledger.position());
        assertThat(all.text().yaml()).as("seed %d", seed).isEqualTo(ledger.text().yaml());
        List<RuleTimeline.Epoch> epochs = all.timeline().epochs();
        List<RuleTimeline.Epoch> recent = ledger.timeline().epochs();
        assertThat(epochs.size()).isGreaterThan(recent.size());
        assertThat(recent).hasSize(RuleTimeline.MOST_CHANGES_A_DAY + 1);
        assertThat(described(epochs.subList(epochs.size() - recent.size(), epochs.size())))
                .as("seed %d", seed)
                .isEqualTo(described(recent));
        for (Answer answer : history) {
            if (answer.accepted() && answer.sequence() > 0) {
                assertThat(epochs).anyMatch(epoch -> epoch.fromMs() == answer.effectiveFromMs());
            }
        }
    }

    @Test
    void moreChangesWithinADayThanOperatorsKeepAreRefused() {
        for (int i = 0; i < RuleTimeline.MOST_CHANGES_A_DAY; i++) {
            accepted("mode:IRC", "{command: " + (i % 2 == 0 ? "DISABLE" : "ENABLE") + ", rule: IRC}", NOW + i);
        }
        assertThat(settle(new ArrayDeque<>(List.of(message("mode:SPAM", "{command: DISABLE, rule: SPAM}"))), NOW + HOUR).get(0).reasons())
                .singleElement().asString().contains("100 changes within a day");
        assertThat(accepted("mode:SPAM", "{command: DISABLE, rule: SPAM}", NOW + 25 * HOUR).accepted()).isTrue();
    }

    @Test
    void aHistoryWithoutItsBeginningIsNone() {
        accepted("mode:IRC", "{command: DISABLE, rule: IRC}", NOW);
        assertThatThrownBy(() -> Ledger.replay(RuleText.named("enterprise", null), history.subList(1, 2), true, Ledger.Keep.ALL))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("does not begin with BEGIN");
    }

    @Test
    void hostileDocumentsAreRefused() {
        for (String hostile : List.of(
                "&a [*a]", "{command: UPSERT, rule: &r {id: IRC, title: *r}}", "!!java.net.URL [x]", "[".repeat(10_000), "\u0000", "- 1",
                "{command: UPSERT, rule: {id: '" + "x".repeat(10_000) + "'}}")) {
            Answer answer = refused("rule:IRC", hostile);
            assertThat(answer.reasons()).as(hostile.substring(0, Math.min(40, hostile.length()))).isNotEmpty()
                    .allMatch(reason -> reason.length() < 1_000);
        }
    }

    private static List<String> described(List<RuleTimeline.Epoch> epochs) {
        return epochs.stream()
                .map(epoch -> epoch.sequence() + " " + epoch.fromMs() + " " + epoch.rules().version())
                .toList();
    }

    private boolean runs(long ms) {
        RuleSet at = ledger.timeline().epochs().stream()
                .filter(epoch -> epoch.fromMs() <= ms)
                .reduce((a, b) -> b)
                .orElseThrow()
                .rules();
        return at.rules().stream().anyMatch(rule -> rule.info().id().equals("IRC") && rule.info().runs());
    }

    private Message message(String key, String value) {
        return new Message(++position, key, value == null ? null : value.getBytes(StandardCharsets.UTF_8), false);
    }

    private List<Answer> settle(ArrayDeque<Message> commands, long latestMs) {
        return ledger.settle(ledger.take(commands, latestMs) ? latestMs : Long.MIN_VALUE);
    }

    private Answer accepted(String key, String value, long latestMs) {
        Answer answer = settle(new ArrayDeque<>(List.of(message(key, value))), latestMs).get(0);
        assertThat(answer.reasons()).isEmpty();
        history.add(answer);
        return answer;
    }

    private Answer refused(String key, String value) {
        Answer answer = settle(new ArrayDeque<>(List.of(message(key, value))), NOW).get(0);
        assertThat(answer.accepted()).isFalse();
        return answer;
    }

    /** As a command that changes nothing. */
    private String ruleOf(String id) {
        String yaml = ledger.text().yaml();
        List<String> lines = yaml.lines().toList();
        int begin = -1;
        for (int i = 0; i < lines.size(); i++) {
            begin = lines.get(i).strip().equals("- id: " + id) ? i : begin;
        }
        List<String> rule = new ArrayList<>();
        rule.add("command: UPSERT\nrule:");
        String indent = lines.get(begin).substring(0, lines.get(begin).indexOf('-'));
        for (int i = begin; i < lines.size() && (i == begin || lines.get(i).startsWith(indent + "  ")); i++) {
            rule.add("  " + lines.get(i).replaceFirst("- id", "  id"));
        }
        return String.join("\n", rule) + "\n";
    }
}
