package io.botwatch.local;

import io.botwatch.rule.RuleSet;
import io.botwatch.ruletest.CaseRun;
import io.botwatch.ruletest.RuleCase;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch rules test}: whether rules find what cases say, and nothing else. */
@Command(
        name = "test",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs cases that are written beside rules: flows, and the findings that are to come of them and no others.",
            "Exit codes: 0 all cases pass, 1 some do not, 2 wrong usage or a fault in a file. See flink-conf/rules-test.yaml."
        })
final class RulesTestCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "files of cases")
    private List<Path> files;

    @Option(names = "--rules", paramLabel = "FILE|PRESET", description = "the rules, instead of those that a file of cases names; default: enterprise")
    private String rules;

    @Override
    public Integer call() throws Exception {
        int failed = 0;
        int all = 0;
        try (Scratch scratch = new Scratch()) {
            for (Path file : files) {
                String named = rules != null ? rules : RuleCase.rulesOf(file);
                RuleSet set = RulesDocument.named(named, null);
                for (RuleCase one : RuleCase.load(file, set)) {
                    all++;
                    List<String> faults = one.faults(CaseRun.findings(one, set, scratch.resolve("")));
                    System.out.printf("%s  %s%n", faults.isEmpty() ? "ok    " : "FAILED", one.name());
                    faults.forEach(fault -> System.out.println("        " + fault));
                    failed += faults.isEmpty() ? 0 : 1;
                }
            }
        }
        System.err.printf("%d cases, %d failed%n", all, failed);
        return failed == 0 ? 0 : Botwatch.FAILED;
    }
}
