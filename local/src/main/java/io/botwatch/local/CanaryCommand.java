package io.botwatch.local;

import io.botwatch.embedded.EmbeddedCluster;
import io.botwatch.flow.Address;
import io.botwatch.job.JobConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code botwatch canary}: a beacon that is sent to be found. */
@Command(
        name = "canary",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes a beacon into the flow topic, a record a minute, and tells Prometheus when a finding of it was last seen in the",
            "findings topic. It runs until it is interrupted. The host must be an internal address that nobody has."
        })
final class CanaryCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofMinutes(30);
    private static final long POLL_MS = 500;
    private static final int HIGHEST_PORT = 65_535;

    @Option(names = "--config", required = true, paramLabel = "FILE", description = "the job's configuration: broker, topics, format, rules")
    private Path configFile;

    @Option(names = "--host", required = true, paramLabel = "ADDRESS", description = "where the beacon comes from: internal, and nobody's")
    private String host;

    @Option(names = "--interval", defaultValue = "60s", paramLabel = "TIME", description = "between connections, 15s to 30m (default 60s)")
    private String interval;

    @Option(names = "--duration", paramLabel = "TIME", description = "ends after that; default: when it is interrupted")
    private String duration;

    @Option(names = "--metrics-port", defaultValue = "9250", paramLabel = "PORT", description = "of 127.0.0.1, for Prometheus (default 9250)")
    private int metricsPort;

    @Override
    public Integer call() throws Exception {
        JobConfig config = JobConfig.load(configFile);
        Address from = host(config);
        long intervalMs = Arguments.durationMs("--interval", interval);
        if (intervalMs < SHORTEST.toMillis() || intervalMs > LONGEST.toMillis()) {
            throw new UsageException("--interval " + interval + " is not 15s to 30m");
        }
        long limitMs = duration == null ? Long.MAX_VALUE : Arguments.durationMs("--duration", duration);
        if (metricsPort < 1 || metricsPort > HIGHEST_PORT) {
            throw new UsageException("--metrics-port " + metricsPort + " is not 1 to 65535");
        }
        CanaryStatus status = new CanaryStatus(Instant.now());
        try (CanaryBeacon beacon = new CanaryBeacon(config, from);
                CanaryFindings findings = new CanaryFindings(config, from, Instant.now());
                MetricsEndpoint endpoint = endpoint(status)) {
            System.err.printf(
                    "canary: %s -> %s:%d into %s at %s every %s; metrics: http://127.0.0.1:%d/metrics%n",
                    from, CanaryBeacon.DESTINATION, CanaryBeacon.PORT, config.topics().get(0), config.bootstrapServers(),
                    interval, metricsPort);
            run(beacon, findings, status, CanaryBeacon.age(config).toMillis(), intervalMs, limitMs);
        }
        System.err.printf("%d sent, %d found%n", status.sent(), status.found());
        return 0;
    }

    private Address host(JobConfig config) {
        Address address;
        try {
            address = Address.parse(host);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--host: '" + host + "' is not an IP address");
        }
        if (!config.rules().internal().contains(address.hi, address.lo)) {
            throw new UsageException("--host " + host + " is not within internal_subnets: no rule looks at it");
        }
        return address;
    }

    private MetricsEndpoint endpoint(CanaryStatus status) throws IOException {
        try {
            return new MetricsEndpoint(metricsPort, status::exposition);
        } catch (IOException e) {
            throw new IOException("port " + metricsPort + " of 127.0.0.1: " + e.getMessage(), e);
        }
    }

    private static void run(
            CanaryBeacon beacon, CanaryFindings findings, CanaryStatus status, long ageMs, long intervalMs, long limitMs) {
        long began = System.nanoTime();
        long next = 0;
        for (long passed = 0; passed < limitMs; passed = (System.nanoTime() - began) / 1_000_000) {
            if (passed >= next) {
                long now = System.currentTimeMillis();
                beacon.send(now - ageMs, now, failure -> {
                    if (failure == null) {
                        status.addSent();
                    } else {
                        System.err.println("botwatch canary: not sent: " + EmbeddedCluster.rootCause(failure));
                    }
                });
                next = Math.max(next + intervalMs, passed); // after a pause, no burst
            }
            findings.read(Duration.ofMillis(Math.min(POLL_MS, limitMs - passed)), status);
        }
    }
}
