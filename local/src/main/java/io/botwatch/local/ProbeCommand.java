package io.botwatch.local;

import io.botwatch.connection.ConnectionSettings;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.Treatment;
import io.botwatch.job.JobConfig;
import io.botwatch.network.Network;
import io.botwatch.probe.Feed;
import io.botwatch.probe.FeedProbe;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.source.TimeRange;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch probe}: what a feed is like, and which rules it can support. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says what a feed is like, and which rules it can support: the first records of files, or the newest of a topic.",
            "It only reads: no offsets are committed, nothing is written. What the lines mean: docs/probe.md"
        })
final class ProbeCommand implements Callable<Integer> {
    private static final int MOST_RECORDS = 1_000_000;

    /** How far ahead of the clock a flow may start, as in the job. */
    private static final Duration MAX_FUTURE = Duration.ofMinutes(10);

    @Parameters(arity = "0..*", paramLabel = "FILE|FOLDER|GLOB|-", description = "flow files, as for detect")
    private List<String> inputs;

    @Option(names = "--config", paramLabel = "FILE", description = "the job's configuration: broker, topics, format, sampling, rules")
    private Path configFile;

    @Option(names = "--bootstrap", paramLabel = "HOST:PORT", description = "Kafka's bootstrap servers, instead of the configuration's")
    private String bootstrap;

    @Option(names = "--topic", split = ",", paramLabel = "NAME", description = "the topics, instead of the configuration's; repeatable")
    private List<String> topics;

    @Option(names = "--format", paramLabel = "NAME", description = "as for detect; default: the configuration's, or as the first record tells")
    private String format;

    @Option(names = "--mapping", paramLabel = "FILE", description = "reads JSON of any other shape as this file says; default: the configuration's")
    private Path mapping;

    @Option(names = "--zone", description = "time zone of times that name none; default: the configuration's, or UTC")
    private String zone;

    @Option(
            names = "--internal",
            split = ",",
            paramLabel = "CIDR",
            description = "internal networks, instead of the rules' internal_subnets; repeatable, comma-separated")
    private List<String> internal;

    @Option(names = "--records", defaultValue = "100000", paramLabel = "N", description = "reads so many records, up to 1000000; default ${DEFAULT-VALUE}")
    private int records;

    @Option(names = "--json", description = "prints the same as one JSON object")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        check();
        JobConfig config = configFile == null ? null : JobConfig.load(configFile);
        InputFormat inputFormat = format(config);
        Treatment treatment = config == null ? Treatment.DEFAULT : config.treatment();
        Duration maxFuture = config == null ? MAX_FUTURE : config.maxFuture();
        long latestPossibleMs = System.currentTimeMillis() + maxFuture.toMillis();
        FeedProbe probe = new FeedProbe(rules(config), latestPossibleMs);
        Progress progress = new Progress(System.err);
        LongConsumer show = n -> {
            if (n % 1_000 == 0) {
                progress.show("read " + Progress.count(n) + " records");
            }
        };
        List<ProbedInput> read;
        if (inputs != null) {
            try (InputFiles files = InputFiles.of(inputs, inputFormat, System.err)) {
                read = new ProbeFiles(inputFormat, treatment).read(files.paths(), records, probe, show);
            }
        } else {
            read = new ProbeTopics(
                            bootstrap != null ? bootstrap : config.bootstrapServers(),
                            config == null ? new Properties() : config.kafka(),
                            inputFormat,
                            treatment,
                            new TimeRange(Long.MIN_VALUE, latestPossibleMs))
                    .read(topics != null ? topics : config.topics(), records, probe, show);
        }
        progress.done();
        Feed feed = probe.finish(config == null ? ConnectionSettings.DEFAULT : config.connections());
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        if (json) {
            ProbeJson.write(read, feed, out);
        } else {
            new ProbeText(out).print(read, feed);
        }
        out.flush();
        return 0;
    }

    private void check() {
        if (records < 1 || records > MOST_RECORDS) {
            throw new UsageException("--records " + records + " is not 1 to " + MOST_RECORDS);
        }
        if (inputs != null && (bootstrap != null || topics != null)) {
            throw new UsageException("--bootstrap and --topic are for a topic, and " + inputs.get(0) + " is a file; name one of them");
        }
        if (inputs == null && configFile == null && (bootstrap == null || topics == null)) {
            throw new UsageException("name the feed: files, --config, or --bootstrap and --topic");
        }
    }

    private InputFormat format(JobConfig config) {
        InputFormat configured = config != null ? config.format() : InputFormat.auto(ZoneOffset.UTC);
        String ofTimes = zone != null ? zone : configured.zone().getId();
        return format != null || mapping != null
                ? Arguments.format(format == null ? "auto" : format, mapping, ofTimes)
                : new InputFormat(configured.format(), Arguments.zone(ofTimes), configured.mapping());
    }

    private RuleSet rules(JobConfig config) {
        RuleSet rules = config != null ? config.rules() : RulesDocument.preset("enterprise");
        try {
            return internal == null ? rules : rules.withInternal(internal.stream().map(Network::parse).toList());
        } catch (IllegalArgumentException e) {
            throw new UsageException("--internal: " + e.getMessage());
        }
    }
}
