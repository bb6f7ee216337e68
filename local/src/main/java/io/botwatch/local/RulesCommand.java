package io.botwatch.local;

import io.botwatch.document.DocumentException;
import io.botwatch.exception.ExceptionEntry;
import io.botwatch.exception.Exceptions;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code botwatch rules}. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        description = "Works with rule files.",
        subcommands = {RulesCommand.Check.class, RulesTestCommand.class, ImportRitaCommand.class})
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
            for (ExceptionEntry entry : exceptions.entries()) {
                if (entry.expiresMs() == ExceptionEntry.NEVER) {
                    System.err.printf("%s: warning: exception %s has no 'expires'%n", file, entry.id());
                } else if (entry.expiresMs() <= now) {
                    System.err.printf("%s: warning: exception %s has expired; it counts for older flows only%n", file, entry.id());
                }
                if (entry.owner().isEmpty()) {
                    System.err.printf("%s: warning: exception %s has no 'owner'%n", file, entry.id());
                }
            }
        }
    }
}
