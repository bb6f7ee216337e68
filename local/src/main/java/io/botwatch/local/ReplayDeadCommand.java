package io.botwatch.local;

import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.job.JobConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch replay-dead}: what could not be decoded, fed again as it came. */
@Command(
        name = "replay-dead",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Feeds dead letters again, after what made them undecodable is mended: of a file that detect --dead wrote, or of a",
            "dead-letter topic. Records are fed as they came, by the start of their flows. Cut ones are left, and so are parts",
            "of a record whose other flows were taken. A second run feeds the same letters again: see --since."
        })
final class ReplayDeadCommand implements Callable<Integer> {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "dead letters of detect --dead; without it they come from a topic")
    private Path file;

    @Option(names = "--config", paramLabel = "FILE", description = "the job's configuration: broker, dead-letter topic, format and zone")
    private Path configFile;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Kafka's bootstrap servers, instead of the configuration's")
    private String bootstrap;

    @Option(names = "--topic", paramLabel = "NAME", description = "the dead-letter topic, instead of the configuration's")
    private String topic;

    @Option(names = "--since", paramLabel = "TIME", description = "only letters that were written to the topic from then on, ISO-8601")
    private String since;

    @Option(names = "--reason", split = ",", paramLabel = "NAME", description = "only letters of these reasons; late ones only if named")
    private List<Reason> reasons;

    @Option(names = "--source", paramLabel = "NAME", description = "only letters of this file, topic, or topic-partition")
    private String source;

    @Option(names = "--to-topic", paramLabel = "NAME", description = "feeds the records to this topic, which must exist")
    private String toTopic;

    @Option(names = "--out", paramLabel = "FILE", description = "writes the records to this file, for detect")
    private Path out;

    @Option(names = "--dry-run", description = "feeds nothing; tells how many would be fed, and decode now")
    private boolean dryRun;

    @Option(names = "--force", description = "replaces an output file that exists")
    private boolean force;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description = "the records' format, as mended; default: the configuration's, or as each record tells")
    private String format;

    @Option(names = "--mapping", paramLabel = "FILE", description = "the records are JSON that this file maps; default: the configuration's")
    private Path mapping;

    @Option(names = "--zone", description = "time zone of times that name none; default: the configuration's, or UTC")
    private String zone;

    private final ReplayTally tally = new ReplayTally();
    private JobConfig config;

    @Override
    public Integer call() throws Exception {
        config = configFile == null ? null : JobConfig.load(configFile);
        Instant from = Arguments.instant("--since", since);
        String fromTopic = check();
        DecodingTrial trial = trial();
        DeadLetterTopics topics = fromTopic == null && toTopic == null ? null : topics();
        for (String needed : Arrays.asList(fromTopic, toTopic)) {
            if (needed != null) {
                topics.require(needed);
            }
        }
        try (OutputFile records = out == null ? null : new OutputFile(out, force);
                Scratch scratch = new Scratch();
                LettersByTime letters = new LettersByTime(scratch.resolve("letters"))) {
            if (file != null) {
                DeadLetterLines.read(file, letter -> take(letter, trial, letters));
            } else {
                tally.others = topics.read(fromTopic, from, letter -> take(letter, trial, letters));
            }
            if (toTopic != null) {
                topics.feed(toTopic, letters);
            } else if (records != null) {
                letters.forEach(letter -> {
                    records.stream().write(letter.payload());
                    records.stream().write('\n');
                });
                records.complete();
            }
        }
        tally.print(dryRun ? System.out : System.err, dryRun ? "would be fed" : "fed again");
        if (!dryRun) {
            System.err.printf("to                %s%n", toTopic != null ? "topic " + toTopic : out);
        }
        return 0;
    }

    /** @return the topic that the letters are in; null when they are in a file */
    private String check() {
        if ((toTopic == null ? 0 : 1) + (out == null ? 0 : 1) + (dryRun ? 1 : 0) != 1) {
            throw new UsageException("name one of --to-topic, --out and --dry-run");
        }
        if (file != null && (topic != null || since != null)) {
            throw new UsageException("--topic and --since are for letters of a topic, and " + file + " is a file");
        }
        if (file != null) {
            return null;
        }
        String named = topic != null || config == null ? topic : config.deadLetterTopic();
        if (named == null) {
            throw new UsageException("name the dead letters: a file of detect --dead, or a topic by --config or --topic");
        }
        if (named.equals(toTopic)) {
            throw new UsageException("--to-topic: " + toTopic + " is the topic of the dead letters itself; name a topic of flows");
        }
        return named;
    }

    private DeadLetterTopics topics() {
        if (bootstrap == null && config == null) {
            throw new UsageException("name the broker: --bootstrap or --config");
        }
        return new DeadLetterTopics(
                bootstrap != null ? bootstrap : config.bootstrapServers(), config == null ? new Properties() : config.kafka());
    }

    private DecodingTrial trial() {
        InputFormat configured = config != null ? config.format() : InputFormat.auto(ZoneOffset.UTC);
        String ofTimes = zone != null ? zone : configured.zone().getId();
        boolean named = format != null || mapping != null;
        return new DecodingTrial(
                named
                        ? Arguments.format(format == null ? "auto" : format, mapping, ofTimes)
                        : new InputFormat(configured.format(), Arguments.zone(ofTimes), configured.mapping()));
    }

    private void take(DeadLetter letter, DecodingTrial trial, LettersByTime letters) throws IOException {
        tally.read++;
        if (!isAsked(letter)) {
            tally.unasked++;
        } else if (letter.reason() == Reason.LATE && reasons == null) {
            tally.late++;
        } else if (letter.extent() == DeadLetter.Extent.CUT) {
            tally.cut++;
        } else if (letter.extent() == DeadLetter.Extent.PART) {
            tally.parts++;
        } else {
            DecodingTrial.Result result = trial.of(letter);
            if (out != null && !isOneRecord(letter.payload(), result.format())) {
                tally.unframed++;
                return;
            }
            tally.fed(letter.reason(), result.decodes());
            tally.again += letter.replayed() > 0 ? 1 : 0;
            letters.add(result.startMs(), letter);
        }
    }

    private boolean isAsked(DeadLetter letter) {
        boolean ofReason = reasons == null || reasons.contains(letter.reason());
        String from = letter.source();
        return ofReason
                && (source == null
                        || from.equals(source)
                        || from.startsWith(source + "-") && from.substring(source.length() + 1).matches("\\d+"));
    }

    /** Whether a file that holds the record, and a line end, gives it back: not if it has a line end of its own. */
    private static boolean isOneRecord(byte[] record, FlowFormat format) throws IOException {
        byte[] framed = Arrays.copyOf(record, record.length + 1);
        framed[record.length] = '\n';
        // A record that tells no format is taken for a line.
        FlowFormat framing = format == null ? FlowFormat.GOFLOW2_JSON : format;
        try (RecordReader reader = new RecordReader(new ByteArrayInputStream(framed), framing)) {
            return reader.next()
                    && Arrays.equals(reader.bytes(), reader.from(), reader.to(), record, 0, record.length)
                    && !reader.next();
        }
    }
}
