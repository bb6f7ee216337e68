package io.botwatch.local;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.document.DocumentException;
import io.botwatch.job.BotwatchJob;
import io.botwatch.source.FilePlan;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code botwatch} command. Exit codes: 0 ok, 1 the run failed, 2 wrong usage or configuration. */
@Command(
        name = "botwatch",
        description = "Finds hosts that use, serve or suffer a botnet in NetFlow.",
        mixinStandardHelpOptions = true,
        versionProvider = Botwatch.Version.class,
        sortOptions = false,
        footer = {
            "",
            "Exit codes: 0 ok, 1 the run failed, 2 wrong usage or configuration.",
            "Results go to standard output, progress and messages to standard error.",
            "JAVA_OPTS sets options of the Java machine, e.g. JAVA_OPTS=-Xmx4g (default -Xmx2g)."
        },
        subcommands = {
            DemoCommand.class,
            ProbeCommand.class,
            DetectCommand.class,
            RunCommand.class,
            BackfillCommand.class,
            BacktestCommand.class,
            ExplainCommand.class,
            CanaryCommand.class,
            ConnectionsCommand.class,
            ReplayDeadCommand.class,
            GenerateCommand.class,
            EvaluateCommand.class,
            TrainNamesCommand.class,
            RulesCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Botwatch {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs the command and gives its exit code. */
    static int execute(String... args) {
        CommandLine command = new CommandLine(new Botwatch())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> report(failure));
        if (args.length == 0) {
            command.usage(System.err);
            return WRONG_USAGE;
        }
        return command.execute(args);
    }

    private static int report(Exception failure) throws Exception {
        if (failure instanceof UsageException
                || failure instanceof DocumentException
                || failure instanceof FilePlan.UnreadableFileException) {
            System.err.println("botwatch: " + failure.getMessage());
            return WRONG_USAGE;
        }
        System.err.println("botwatch: the run failed: " + EmbeddedCluster.rootCause(failure));
        if (!(failure instanceof ExecutionException) || System.getenv("BOTWATCH_DEBUG") != null) {
            failure.printStackTrace();
        }
        return FAILED;
    }

    /** What {@code --version} prints. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"botwatch " + BotwatchJob.version()};
        }
    }
}
