package io.botwatch.exporters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** From a capture to nfdump's JSON: softflowd exports to nfcapd, which stores what nfdump prints. */
final class NfdumpChain {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** A busy machine may lose datagrams of a burst; then the export is done again. */
    private static final int ATTEMPTS = 5;

    private final Path folder;

    NfdumpChain(Path folder) {
        this.folder = folder;
    }

    /** Flows that only the capture's end ended. */
    Path records(Path capture, NetflowVersion version) throws IOException, InterruptedException {
        return collect((run, collector) -> new Softflowd(run, version).replay(capture, collector));
    }

    /** Flows that timeouts cut. */
    Path records(Path capture, NetflowVersion version, Timeouts timeouts) throws IOException, InterruptedException {
        return collect((run, collector) -> new Softflowd(run, version).replayLive(capture, timeouts, collector));
    }

    /** As two exporters report it that both see all of it: the first from 127.0.0.1, the other from another address. */
    Path recordsOfTwo(Path capture, NetflowVersion first, NetflowVersion second, Timeouts timeouts)
            throws IOException, InterruptedException {
        return collect((run, collector) -> {
            long exported = new Softflowd(run, first).replayLive(capture, timeouts, collector);
            try (Relay relay = new Relay(collector)) {
                exported += new Softflowd(run, second).replayLive(capture, timeouts, relay.port());
                relay.finish();
            }
            return exported;
        });
    }

    private interface Export {
        /** @return how many records were exported */
        long run(Path folder, UdpPort collector) throws IOException, InterruptedException;
    }

    private Path collect(Export export) throws IOException, InterruptedException {
        long exported = 0;
        long printed = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path run = Files.createTempDirectory(folder, "nfdump");
            Path spool = Files.createDirectory(run.resolve("spool"));
            UdpPort port = UdpPort.free();
            try (Program collector = Program.start(run.resolve("nfcapd.out"), command(spool, port))) {
                collector.await("nfcapd listens", LIMIT, port::isOpen);
                exported = export.run(run, port);
                collector.await("nfcapd has read all records", LIMIT, () -> port.queuedBytes() == 0);
            }
            Path json = run.resolve("records.json");
            Program.run(json, LIMIT, List.of("nfdump", "-R", spool.toString(), "-o", "json"));
            try (Stream<String> lines = Files.lines(json)) {
                printed = lines.filter(line -> line.contains("\"type\" : \"FLOW\"")).count();
            }
            if (printed == exported) {
                return json;
            }
        }
        throw new AssertionError("softflowd exported " + exported + " records and nfdump printed " + printed + ", "
                + ATTEMPTS + " times over");
    }

    private static List<String> command(Path spool, UdpPort port) {
        return List.of(
                "nfcapd", "-b", "127.0.0.1", "-p", String.valueOf(port.number()), "-l", spool.toString(),
                "-t", "3600", "-B", String.valueOf(8 << 20));
    }
}
