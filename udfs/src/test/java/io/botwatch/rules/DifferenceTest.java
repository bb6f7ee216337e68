package io.botwatch.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    private static RuleText text(String yaml) {
        return new RuleText(yaml, Map.of());
    }

    @Test
    void theSameWrittenOtherwiseIsNoDifference() {
        assertThat(Difference.between(
                        text("roles: {scanner: [10.0.0.1, 10.0.0.2]} # why\nrules: [{id: A, level: low}, {id: B}]"),
                        text("rules:\n- id: B\n- id: A\n  level: \"low\"\nroles:\n  scanner:\n  - 10.0.0.1\n  - 10.0.0.2\n")))
                .isEmpty();
    }

    @Test
    void valuesAreComparedByPath() {
        assertThat(Difference.between(
                        text("rules: [{id: A, level: low, window: {size: 1h}}]"),
                        text("rules: [{id: A, title: t, window: {size: 2h}}]")))
                .containsExactly(
                        new Difference("rules[A].level", "low", null, Difference.Kind.ONLY_IN_FIRST),
                        new Difference("rules[A].title", null, "t", Difference.Kind.ONLY_IN_SECOND),
                        new Difference("rules[A].window.size", "1h", "2h", Difference.Kind.VALUE));
    }

    @Test
    void aRuleThatOneDoesNotHaveIsOneDifference() {
        assertThat(Difference.between(
                        text("rules: [{id: A, level: low, title: t}, {id: B, level: low}]"),
                        text("rules: [{id: B, level: low}]\nexceptions: [{id: X, action: drop}]")))
                .containsExactly(
                        new Difference("exceptions[X]", null, null, Difference.Kind.ONLY_IN_SECOND),
                        new Difference("rules[A]", null, null, Difference.Kind.ONLY_IN_FIRST));
    }

    @Test
    void aRuleIsActiveAlsoWhereItDoesNotSaySo() {
        assertThat(Difference.between(text("rules: [{id: A}]"), text("rules: [{id: A, mode: active}]"))).isEmpty();
        assertThat(Difference.between(text("rules: [{id: A}]"), text("rules: [{id: A, mode: disabled}]")))
                .containsExactly(new Difference("rules[A].mode", "active", "disabled", Difference.Kind.VALUE));
    }

    @Test
    void filesThatBothNameAreCompared() {
        String yaml = "rules: [{id: A}]";
        assertThat(Difference.between(
                        new RuleText(yaml, Map.of("a.txt", "1".getBytes(StandardCharsets.UTF_8), "b.txt", new byte[0])),
                        new RuleText(yaml, Map.of("a.txt", "2".getBytes(StandardCharsets.UTF_8)))))
                .containsExactly(new Difference("a.txt", null, null, Difference.Kind.CONTENTS));
    }
}
