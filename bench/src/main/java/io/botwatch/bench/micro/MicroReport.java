package io.botwatch.bench.micro;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/** Results of JMH as a Markdown table. */
final class MicroReport {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Collection<RunResult> results;

    MicroReport(Collection<RunResult> results) {
        this.results = results;
    }

    String table() {
        StringBuilder text = new StringBuilder(
                "| benchmark | of | ns/op min | median | max | bytes/op |\n|---|---|---|---|---|---|\n");
        for (RunResult result : results) {
            Statistics ns = result.getPrimaryResult().getStatistics();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.1f | %.1f | %.1f | %.0f |%n",
                    name(result.getParams()),
                    of(result.getParams()),
                    ns.getMin(),
                    ns.getPercentile(50),
                    ns.getMax(),
                    result.getSecondaryResults().get(ALLOCATED).getScore()));
        }
        return text.append(machineLine()).append('\n').toString();
    }

    /** Class and method. */
    private static String name(BenchmarkParams params) {
        String[] parts = params.getBenchmark().split("\\.");
        return parts[parts.length - 2].replace("Benchmark", "") + '.' + parts[parts.length - 1];
    }

    private static String of(BenchmarkParams params) {
        return String.join(" ", params.getParamsKeys().stream().map(params::getParam).toList());
    }

    private static String machineLine() {
        OperatingSystemMXBean machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                "%d cores, load average %.1f at the end, Java %s.",
                machine.getAvailableProcessors(),
                machine.getSystemLoadAverage(),
                Runtime.version());
    }
}
