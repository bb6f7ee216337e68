package io.botwatch.local;

import io.botwatch.control.Answer;
import io.botwatch.control.CommandFile;
import io.botwatch.control.Message;
import io.botwatch.document.YamlDocument;
import io.botwatch.job.JobConfig;
import io.botwatch.live.LiveRulesConfig;
import io.botwatch.live.SentCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch rules send}: asks a running job for changes of its rules, and says what became of them. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends commands to a running job, which change its rules, and prints its answers. A file has one command, or several",
            "with --- between them; they are sent in their order. With a fault in any of them nothing is sent.",
            "Exit codes: 0 all are accepted, 1 one is refused or has no answer in time, 2 wrong usage or a fault in a file."
        })
final class RulesSendCommand implements Callable<Integer> {
    private static final String STANDARD_INPUT = "standard input";

    @Parameters(paramLabel = "FILE|-", description = "the commands, YAML; - is standard input")
    private String file;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the job's configuration: broker, and topics in live_rules")
    private Path configFile;

    @Option(names = "--wait", defaultValue = "30s", paramLabel = "TIME", description = "for answers, at most; default 30s")
    private String wait;

    @Override
    public Integer call() throws Exception {
        Duration limit = Duration.ofMillis(Arguments.durationMs("--wait", wait));
        JobConfig config = JobConfig.load(configFile);
        LiveRulesConfig live = withTopic(config);
        List<Message> commands = commands();
        List<Answer> answers;
        try (SentCommands sent = SentCommands.send(config.bootstrapServers(), config.kafka(), live, commands)) {
            answers = sent.await(limit);
        } catch (IOException e) {
            System.err.println("botwatch: " + configFile + ": live_rules: " + e.getMessage());
            return Botwatch.FAILED;
        }
        List<String> unanswered = new ArrayList<>();
        boolean refused = false;
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i) == null) {
                unanswered.add(commands.get(i).key());
            } else {
                print(answers.get(i));
                refused |= !answers.get(i).accepted();
            }
        }
        if (!unanswered.isEmpty()) {
            System.err.printf(
                    "botwatch: no answer within %s to %d of %d commands: %s%n"
                            + "The job that reads topic %s and answers in topic %s may not be running. The commands stay in the topic and"
                            + " will be answered when it runs.%n",
                    wait, unanswered.size(), commands.size(), String.join(", ", unanswered), live.topic(), live.resultsTopic());
        }
        return refused || !unanswered.isEmpty() ? Botwatch.FAILED : 0;
    }

    private LiveRulesConfig withTopic(JobConfig config) {
        LiveRulesConfig live = Arguments.liveRules(configFile, config);
        if (live.topic() == null) {
            throw new UsageException(configFile + ": live_rules.watch: the job takes changes from " + live.file()
                    + "; edit that, or name a topic in live_rules.topic instead and start the job with it");
        }
        return live;
    }

    private List<Message> commands() throws IOException {
        return file.equals("-")
                ? CommandFile.read(STANDARD_INPUT, YamlDocument.bytes(STANDARD_INPUT, System.in))
                : CommandFile.read(file, YamlDocument.bytes(Path.of(file)));
    }

    private static void print(Answer answer) {
        String what = answer.command().isEmpty() ? answer.key() : answer.command();
        if (answer.accepted()) {
            System.out.printf(
                    "%s: accepted, in force from %s, version %s%n",
                    what, Instant.ofEpochMilli(answer.effectiveFromMs()), answer.configVersion());
            answer.notes().forEach(note -> System.out.println("  " + note));
        } else {
            System.out.printf("%s: refused%n", what);
            answer.reasons().forEach(reason -> System.out.println("  " + reason));
        }
    }
}
