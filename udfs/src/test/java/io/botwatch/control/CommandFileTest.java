package io.botwatch.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.botwatch.document.DocumentException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands as somebody writes them down. */
class CommandFileTest {
    private static List<Message> read(String yaml) {
        return CommandFile.read("c.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Message message) {
        return new String(message.value(), StandardCharsets.UTF_8);
    }

    private static void assertFaults(String yaml, String... faults) {
        assertThatThrownBy(() -> read(yaml))
                .asInstanceOf(type(DocumentException.class))
                .satisfies(e -> assertThat(e.problems()).containsExactly(faults));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{command: UPSERT, rule: {id: BEACON-SLOW}} | rule:BEACON-SLOW",
        "{command: DELETE, rule: BEACON-SLOW} | rule:BEACON-SLOW",
        "{command: ENABLE, rule: STROBE} | mode:STROBE",
        "{command: DISABLE, rule: STROBE} | mode:STROBE",
        "{command: UPSERT, exception: {id: EX-1}} | exception:EX-1",
        "{command: UPSERT, role: {name: scanner}} | role:scanner",
        "{command: DELETE, set: partners} | set:partners",
        "{command: UPSERT, internal_subnets: [10.0.0.0/8]} | internal_subnets",
        "{command: UPSERT, never_included_subnets: []} | never_included_subnets"
    })
    void theKeyNamesWhatTheCommandIsAbout(String yaml, String key) {
        Message message = read(yaml).get(0);
        assertThat(message.key()).isEqualTo(key);
        // The job reads what is sent, and takes the key.
        assertThat(Command.read(message.key(), message.value()).key()).isEqualTo(key);
    }

    @Test
    void theJobRefusesAnotherKey() {
        byte[] value = "{command: DISABLE, rule: STROBE}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Command.read("rule:STROBE", value))
                .hasMessage("command:1: command: the message's key is 'rule:STROBE', it must be 'mode:STROBE'");
        assertThatThrownBy(() -> Command.read(null, value)).hasMessageContaining("key is missing");
    }

    @Test
    void documentsAreSentInTheirOrderAsTheyAreWritten() {
        List<Message> messages = read("""
                # why: ticket 7
                command: DISABLE
                rule: A
                --- # and back
                ---

                command: ENABLE
                rule: "---"   # not between
                effective_from: 2026-01-05T00:00:00Z
                --- {command: DELETE, rule: B}
                ---
                """);
        assertThat(messages).extracting(Message::key).containsExactly("mode:A", "mode:---", "rule:B");
        assertThat(messages).extracting(Message::position).containsExactly(1L, 7L, 10L);
        assertThat(text(messages.get(0))).isEqualTo("# why: ticket 7\ncommand: DISABLE\nrule: A");
        assertThat(text(messages.get(2))).isEqualTo(" {command: DELETE, rule: B}");
    }

    @Test
    void linesOfWindowsAndAByteOrderMarkAreNoFaults() {
        assertThat(read("\uFEFF---\r\ncommand: DISABLE\r\nrule: \u00C4\r\n---\r\n{command: DELETE, rule: B}\r\n"))
                .extracting(Message::key)
                .containsExactly("mode:\u00C4", "rule:B");
    }

    @Test
    void theFaultsOfAllDocumentsAreNamedWithTheirLines() {
        assertFaults(
                """
                command: DISABLE
                rul: A
                ---
                command: UPSERT
                rule:
                  title: no id
                ---
                {command: [
                ---
                command: ENABLE
                role: scanner
                ---
                command: DELETE
                rule: A
                effective_from: tomorrow
                """,
                "c.yaml:1: command: needs exactly one of rule, exception, role, set, internal_subnets, never_included_subnets",
                "c.yaml:2: rul: unknown key; did you mean 'rule'?",
                "c.yaml:5: rule.id: missing",
                "c.yaml:8: not YAML: expected the node content, but found '<stream end>'",
                "c.yaml:11: role: only a rule can be enabled or disabled",
                "c.yaml:15: effective_from: 'tomorrow' is not a time such as 2026-01-05T00:00:00Z");
    }

    @Test
    void aFileWithoutACommandIsAFault() {
        assertFaults("", "c.yaml: holds no command");
        assertFaults("---\n# nothing yet\n---\n", "c.yaml: holds no command");
    }

    @Test
    void aFileWithoutEndIsGivenUp() {
        assertFaults("--- {command: DELETE, rule: A}\n".repeat(2_000), "c.yaml:1001: more than 1000 commands");
        assertThatThrownBy(() -> read("--- {command: X}\n".repeat(2_000)))
                .asInstanceOf(type(DocumentException.class))
                .satisfies(e -> assertThat(e.problems()).hasSizeLessThan(110));
    }

    @Test
    void whatIsNoTextIsAFault() {
        byte[] bytes = {'r', 'u', 'l', 'e', ':', ' ', (byte) 0xFF};
        assertThatThrownBy(() -> CommandFile.read("c.yaml", bytes)).hasMessage("c.yaml: not UTF-8");
    }
}
