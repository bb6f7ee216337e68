package io.botwatch.local;

import io.botwatch.document.DocumentException;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.exception.Exceptions;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code botwatch rules}. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        description = "Works with rule files, and with the rules of a running job.",
        subcommands = {
            RulesCommand.Check.class,
            RulesTestCommand.class,
            ImportRitaCommand.class,
            RulesSendCommand.class,
            RulesDiffCommand.class
        })
final class RulesCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new UsageException("rules: name a subcommand, e.g. botwatch rules check FILE");
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Checks rule files: prints every fault with file, line, key and limit. Exit code 0 or 2.")
    static final class Check implements Callable<Integer> {
        private static final int WARNINGS_SHOWN = 20;

        @Parameters(arity = "1..*", paramLabel = "FILE")
        private List<Path> files;

        @Override
        public Integer call() {
            boolean faulty = false;
            for (Path file : files) {
                try {
                    RuleSet rules = RulesDocument.load(file);
                    int count = rules.rules().size();
                    System.out.printf(
                            "%s: ok, preset %s, %d rules, %d exceptions, version %s%n",
                            file,
                            rules.preset().name().toLowerCase(java.util.Locale.ROOT),
                            count,
                            rules.exceptions().entries().size(),
                            rules.version());
                    warn(file, rules.exceptions());
                } catch (DocumentException e) {
                    e.problems().forEach(System.err::println);
                    faulty = true;
                }
            }
            return faulty ? Botwatch.WRONG_USAGE : 0;
        }

        /** What is no fault, but should not stay as it is. */
        private static void warn(Path file, Exceptions exceptions) {
            long now = System.currentTimeMillis();
            List<String> warnings = new ArrayList<>();
            for (ExceptionEntry entry : exceptions.entries()) {
                if (entry.expiresMs() == ExceptionEntry.NEVER) {
                    warnings.add("exception " + entry.id() + " has no 'expires'");
                } else if (entry.expiresMs() <= now) {
                    warnings.add("exception " + entry.id() + " has expired; it counts for older flows only");
                }
                if (entry.owner().isEmpty()) {
                    warnings.add("exception " + entry.id() + " has no 'owner'");
                }
            }
            warnings.stream().limit(WARNINGS_SHOWN).forEach(warning -> System.err.printf("%s: warning: %s%n", file, warning));
            if (warnings.size() > WARNINGS_SHOWN) {
                System.err.printf("%s: and %d warnings more%n", file, warnings.size() - WARNINGS_SHOWN);
            }
        }
    }
}
