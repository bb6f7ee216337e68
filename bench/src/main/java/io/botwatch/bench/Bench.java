package io.botwatch.bench;

import io.botwatch.bench.kafka.BackfillBench;
import io.botwatch.bench.kafka.KafkaBench;
import io.botwatch.bench.micro.MicroBench;
import io.botwatch.bench.peer.BeaconWindowsBench;
import io.botwatch.bench.peer.CaptureBench;
import io.botwatch.bench.peer.PeersBench;
import io.botwatch.bench.scale.FloodBench;
import io.botwatch.bench.scale.KeysBench;
import io.botwatch.bench.scale.RelayHostBench;
import io.botwatch.bench.scale.ScaleBench;
import io.botwatch.bench.scale.StateBench;
import picocli.CommandLine.Command;
import picocli.CommandLine;

/** {@code bench/run}: the benchmarks by name. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        subcommands = {
            JobBench.class,
            ConnectionsBench.class,
            MicroBench.class,
            KafkaBench.class,
            BackfillBench.class,
            StateBench.class,
            KeysBench.class,
            ScaleBench.class,
            RelayHostBench.class,
            FloodBench.class,
            PeersBench.class,
            BeaconWindowsBench.class,
            CaptureBench.class
        },
        description = "Measures what things cost, as CPU seconds per million records, in interleaved runs.")
final class Bench {
    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
