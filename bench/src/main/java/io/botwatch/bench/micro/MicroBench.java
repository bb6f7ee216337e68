package io.botwatch.bench.micro;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Single classes by JMH: nanoseconds and bytes an operation. */
@Command(
        name = "micro",
        mixinStandardHelpOptions = true,
        description = "What single classes take, by JMH: nanoseconds and bytes an operation.")
public final class MicroBench implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "part of the names of the benchmarks to run; all by default")
    private String which;

    @Option(names = "--quick", description = "fewer and shorter rounds: figures to look at, not to quote")
    private boolean quick;

    @Option(names = "--out", defaultValue = "bench/target/micro", description = "less .md and .json, default ${DEFAULT-VALUE}")
    private Path out;

    @Override
    public Integer call() throws Exception {
        Path folder = out.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(which)
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .resultFormat(ResultFormatType.JSON)
                .result(out + ".json");
        rounds(options);
        String table = new MicroReport(new Runner(options.build()).run()).table();
        Files.writeString(Path.of(out + ".md"), table);
        System.out.print(table);
        return 0;
    }

    /** One process each: sixty benchmarks, and a reader who waits. */
    private void rounds(ChainedOptionsBuilder options) {
        TimeValue round = TimeValue.milliseconds(quick ? 200 : 800);
        options.forks(1)
                .warmupIterations(quick ? 3 : 5)
                .warmupTime(round)
                .measurementIterations(quick ? 3 : 5)
                .measurementTime(round);
    }
}
