package io.botwatch.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.botwatch.embedded.EmbeddedKafka;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.FlowDecoder;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.UndecodableException;
import io.botwatch.job.BotwatchJob;
import io.botwatch.job.JobConfig;
import io.botwatch.local.CommandLineRun;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same flows give the same final records, byte for byte, whatever way they are worked on: one row a way. */
@Tag("cluster")
class OneTruthTest {
    private static final int PARTITIONS = 4;
    private static final long SEED = 22;
    private static final int SHUFFLED_WITHIN_MS = 60_000;
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** Every way with {@code -Dbotwatch.every.way=true}, which takes half an hour; else five that differ most. */
    private final boolean all = Boolean.getBoolean("botwatch.every.way");

    @TempDir
    Path folder;

    private final Map<String, String> table = new LinkedHashMap<>();
    private EmbeddedKafka kafka;
    private OneProcess flink;
    private String rules;
    private String internal = "";
    private int topics;

    @Test
    void aGeneratedDay() throws Exception {
        Path day = folder.resolve("day.json");
        CommandLineRun generated = CommandLineRun.of(
                "generate", "--hours", "12", "--scale", "0.1", "--seed", Long.toString(SEED), "--out", day.toString());
        assertThat(generated.exitCode()).as(generated.err()).isZero();
        for (String preset : List.of("enterprise", "aql")) {
            everyWay("generated day, seed " + SEED + ", preset " + preset, preset, day, Files.readAllLines(day));
        }
    }

    @Test
    void theUniversityCapture() throws Exception {
        Path capture = Path.of(System.getProperty("botwatch.shared"), "data", "ctu13-scenario6", "capture20110816.binetflow.gz");
        assumeThat(capture).as("the real capture is absent: its table is not made").exists();
        assumeThat(all).as("the capture takes a quarter of an hour: -Dbotwatch.every.way=true makes its table").isTrue();
        internal = "147.32.0.0/16";
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(capture)), StandardCharsets.UTF_8))) {
            everyWay("CTU-13 scenario 6, preset enterprise", "enterprise", capture, reader.lines().skip(1).toList());
        }
    }

    private void everyWay(String what, String preset, Path file, List<String> records) throws Exception {
        rules = preset;
        table.clear();
        Map<String, String> truth = files(file, 1);
        files(file, 4);
        try (EmbeddedKafka broker = new EmbeddedKafka(folder.resolve("kafka-" + preset));
                OneProcess cluster = new OneProcess(folder)) {
            kafka = broker;
            flink = cluster;
            same(truth, backfill(records, 2, "hashmap"));
            same(truth, backfill(records, 4, "rocksdb"));
            same(truth, live(shuffled(records), 4, "rocksdb", "shuffled within 60 s"));
            same(truth, liveWithFailure(records, 2, "hashmap"));
            same(truth, liveRescaled(records));
            if (all) {
                same(truth, backfill(records, 1, "hashmap"));
                same(truth, backfill(records, 4, "hashmap"));
                same(truth, backfill(records, 2, "rocksdb"));
                same(truth, live(records, 2, "hashmap", "in order"));
                same(truth, liveWithFailure(records, 4, "rocksdb"));
            }
        } finally {
            System.out.println(what + ": " + records.size() + " records");
            table.forEach((way, hash) -> System.out.printf("  %-62s %s%n", way, hash));
        }
    }

    private static void same(Map<String, String> truth, Map<String, String> finals) {
        assertThat(finals).containsExactlyEntriesOf(truth);
    }

    private Map<String, String> row(String way, Emissions emissions) throws Exception {
        table.put(way, emissions.sha256() + ", " + emissions.finals().size() + " findings, " + emissions.count() + " emissions");
        assertThat(emissions.repeated()).as("emissions that came twice: %s", way).isZero();
        return emissions.finals();
    }

    private Map<String, String> files(Path file, int parallelism) throws Exception {
        List<String> line = new ArrayList<>(List.of("detect", file.toString(), "--rules", rules, "--out", "-", "--parallelism",
                Integer.toString(parallelism)));
        if (!internal.isEmpty()) {
            line.addAll(List.of("--internal", internal));
        }
        CommandLineRun detect = CommandLineRun.of(line.toArray(String[]::new));
        assertThat(detect.exitCode()).as(detect.err()).isZero();
        return row("files, parallelism " + parallelism,
                Emissions.of(detect.out().lines().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList()));
    }

    private Map<String, String> backfill(List<String> records, int parallelism, String backend)
            throws Exception {
        Feed feed = feed();
        feed.send(records);
        flink.end(flink.start(
                parallelism, backend, null, env -> BotwatchJob.backfill(env, feed.config(), null, null)));
        return row("backfill, parallelism " + parallelism + ", " + backend, feed.emissions());
    }

    private Map<String, String> live(List<String> records, int parallelism, String backend, String order) throws Exception {
        Feed feed = feed();
        feed.send(records);
        JobID job = feed.startLive(parallelism, backend, null);
        feed.awaitConsumed();
        flink.stop(job, true);
        return row("live, " + order + ", parallelism " + parallelism + ", " + backend, feed.emissions());
    }

    private Map<String, String> liveWithFailure(List<String> records, int parallelism, String backend) throws Exception {
        Feed feed = feed();
        feed.send(records.subList(0, records.size() / 2));
        JobID job = feed.startLive(parallelism, backend, null);
        feed.awaitConsumed();
        feed.send(records.subList(records.size() / 2, records.size()));
        flink.loseTaskManager(job);
        feed.awaitConsumed();
        flink.stop(job, true);
        return row("live, TaskManagers lost in the middle, parallelism " + parallelism + ", " + backend, feed.emissions());
    }

    private Map<String, String> liveRescaled(List<String> records) throws Exception {
        Feed feed = feed();
        String savepoint = null;
        int[] parallelisms = {2, 4, 1};
        for (int i = 0; i < parallelisms.length; i++) {
            feed.send(records.subList(
                    records.size() * i / parallelisms.length, records.size() * (i + 1) / parallelisms.length));
            JobID job = feed.startLive(parallelisms[i], "rocksdb", savepoint);
            feed.awaitConsumed();
            savepoint = flink.stop(job, i == parallelisms.length - 1);
        }
        return row("live, stopped with savepoints, parallelism 2, 4, 1, rocksdb", feed.emissions());
    }

    private Feed feed() throws Exception {
        String name = rules + ++topics;
        Feed feed = new Feed(name);
        new Topics(kafka.bootstrapServers()).create(PARTITIONS, name, name + "-findings", name + "-dead");
        new Topics(kafka.bootstrapServers()).readFromTheBeginning(name, name, PARTITIONS);
        return feed;
    }

    /** One run's topics. */
    private final class Feed {
        private final String name;

        Feed(String name) {
            this.name = name;
        }

        JobConfig config() throws IOException {
            return JobConfig.load(Files.writeString(
                    folder.resolve(name + ".yaml"),
                    "source:\n  bootstrap_servers: \"" + kafka.bootstrapServers() + "\"\n  topics: [" + name + "]\n  group: " + name
                            + "\n  idleness: 10m\nsink:\n  findings_topic: " + name + "-findings\n  dead_letter_topic: " + name
                            + "-dead\n  transactional_id_prefix: " + name + "\nrules: " + rules + "\ncheckpoint_interval: 1s\n"
                            + (internal.isEmpty() ? "" : "internal_subnets: [" + internal + "]\n")));
        }

        void send(List<String> records) throws Exception {
            try (SteadyFlows flows = new SteadyFlows(kafka.bootstrapServers(), name, PARTITIONS, records, 1)) {
                flows.sendTheRest();
            }
        }

        JobID startLive(int parallelism, String backend, String savepoint) throws Exception {
            return flink.start(
                    parallelism, backend, savepoint, env -> BotwatchJob.live(env, config()));
        }

        void awaitConsumed() throws Exception {
            Await.until("all of " + name + " is consumed", LIMIT,
                    () -> new Topics(kafka.bootstrapServers()).lag(name, name) == 0);
        }

        Emissions emissions() throws Exception {
            return Emissions.of(kafka.bootstrapServers(), name + "-findings");
        }
    }

    /** As they might arrive: each delayed by up to a minute, by a seeded choice. */
    private static List<String> shuffled(List<String> records) throws UndecodableException {
        record Arrival(long ms, String line) {}
        FlowDecoder decoder = InputFormat.auto(ZoneOffset.UTC).newDecoder();
        Random random = new Random(SEED);
        Flow flow = new Flow();
        long lastMs = 0;
        List<Arrival> arrivals = new ArrayList<>();
        for (String line : records) {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            if (decoder.decode(bytes, 0, bytes.length, flow) == FlowDecoder.Outcome.FLOW) {
                lastMs = flow.startMs;
            }
            arrivals.add(new Arrival(lastMs + random.nextInt(SHUFFLED_WITHIN_MS), line));
        }
        arrivals.sort(Comparator.comparingLong(Arrival::ms));
        return arrivals.stream().map(Arrival::line).toList();
    }
}
