package io.botwatch.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesTestCommandTest {
    @TempDir
    Path folder;

    @Test
    void theShippedRulesPassTheCasesShippedWithThem() {
        CommandLineRun run = CommandLineRun.of(
                "rules", "test", Path.of(System.getProperty("botwatch.root"), "flink-conf", "rules-test.yaml").toString());
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out().lines()).hasSizeGreaterThan(5).allMatch(line -> line.startsWith("ok  "));
    }

    @Test
    void whatIsMissingAndWhatIsTooMuchIsNamed() throws IOException {
        Path cases = Files.writeString(folder.resolve("cases.yaml"), """
                cases:
                  - name: wrong
                    flows: [{src: 10.0.0.7, dst: 203.0.113.7, dst_port: 8443, every: 5m, times: 60}]
                    expect:
                      - {rule: BEACON-SLOW, severity: low, src: 10.0.0.7}
                      - {rule: SPAM, dst_port: 25}
                  - name: right
                    flows: [{src: 10.0.0.7, dst: 203.0.113.7, dst_port: 8443, every: 5m, times: 60}]
                    expect: [{rule: BEACON-SLOW}]
                  - name: two are expected where one comes
                    flows: [{src: 10.0.0.7, dst: 203.0.113.7, dst_port: 8443, every: 5m, times: 60}]
                    expect: [{rule: BEACON-SLOW}, {rule: BEACON-SLOW}]
                """);
        CommandLineRun run = CommandLineRun.of("rules", "test", cases.toString());
        assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
        assertThat(run.out().lines().map(String::strip))
                .anyMatch("FAILED  wrong"::equals)
                .anyMatch("not found: BEACON-SLOW low from 10.0.0.7"::equals)
                .anyMatch("not found: SPAM port 25"::equals)
                .anyMatch(line -> line.startsWith("not expected: BEACON-SLOW critical: 10.0.0.7 contacted 203.0.113.7:8443/tcp"))
                .anyMatch("ok      right"::equals)
                .anyMatch("FAILED  two are expected where one comes"::equals);
        assertThat(run.err()).contains("3 cases, 2 failed");
    }

    @Test
    void aFaultInACaseIsNamedByLineAndKey() throws IOException {
        Path cases = Files.writeString(folder.resolve("cases.yaml"), """
                cases:
                  - name: a
                    flows: [{src: router, dst: 203.0.113.7, dst_port: 8443, evry: 5m}]
                    expect: [{rule: BEACON-SLO}]
                  - name: b
                    flows: []
                    file: x.csv
                """);
        CommandLineRun run = CommandLineRun.of("rules", "test", cases.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("cases.yaml:3: cases[0].flows[0].evry: unknown key; did you mean 'every'?")
                .contains("cases[0].flows[0].src: not an IP address: 'router'")
                .contains("cases[0].expect[0].rule: 'BEACON-SLO' is not one of ")
                .contains("did you mean 'BEACON-SLOW'?")
                .contains("cases[1].name: the case needs flows, a file or a scenario, and one of them only")
                .contains("cases[1].expect: missing; [] where nothing is to be found");
    }
}
