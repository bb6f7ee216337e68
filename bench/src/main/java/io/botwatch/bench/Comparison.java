package io.botwatch.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Runs variants of one job in turn, several times over, and says what each cost in CPU seconds of the whole process per
 * million records: all threads, garbage collection and compilation included. Only figures of one comparison compare.
 */
public final class Comparison {
    /** One way of doing the job. */
    public interface Variant {
        /** @return records done */
        long run() throws Exception;
    }

    private final OperatingSystemMXBean machine =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final Map<String, Variant> variants = new LinkedHashMap<>();
    private final Map<String, List<Double>> costs = new LinkedHashMap<>();
    private final PrintStream messages;
    private double heaviestLoad;

    public Comparison(PrintStream messages) {
        this.messages = messages;
    }

    public Comparison add(String name, Variant variant) {
        variants.put(name, variant);
        costs.put(name, new ArrayList<>());
        return this;
    }

    /** @param runs of each variant that count, after one that does not */
    public Comparison run(int runs) throws Exception {
        for (int run = 0; run <= runs; run++) {
            for (Map.Entry<String, Variant> variant : variants.entrySet()) {
                System.gc();
                heaviestLoad = Math.max(heaviestLoad, machine.getSystemLoadAverage());
                long cpuNs = machine.getProcessCpuTime();
                long wallNs = System.nanoTime();
                long records = variant.getValue().run();
                double cost = (machine.getProcessCpuTime() - cpuNs) / 1e3 / records;
                messages.printf(
                        Locale.ROOT,
                        "%s %s: %.3f CPU s/M, %.1f s wall%n",
                        run == 0 ? "warm-up" : "run " + run,
                        variant.getKey(),
                        cost,
                        (System.nanoTime() - wallNs) / 1e9);
                if (run > 0) {
                    costs.get(variant.getKey()).add(cost);
                }
            }
        }
        return this;
    }

    /** CPU seconds per million records, the median of the runs. */
    public double median(String name) {
        double[] sorted = costs.get(name).stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length % 2 == 1
                ? sorted[sorted.length / 2]
                : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    }

    /** A Markdown table; ratios are to the first variant. */
    public String table() {
        StringBuilder text = new StringBuilder("| variant | CPU s/M min | median | max | ratio |\n|---|---|---|---|---|\n");
        String first = variants.keySet().iterator().next();
        for (String name : variants.keySet()) {
            double[] sorted = costs.get(name).stream().mapToDouble(Double::doubleValue).sorted().toArray();
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %.3f | %.3f | %.3f | %.2f |%n",
                    name,
                    sorted[0],
                    median(name),
                    sorted[sorted.length - 1],
                    median(name) / median(first)));
        }
        return text.append(machineLine()).append('\n').toString();
    }

    private String machineLine() {
        return String.format(
                Locale.ROOT,
                "%d cores, load average up to %.1f, Java %s, -Xmx %d MB, %d runs each, interleaved.",
                machine.getAvailableProcessors(),
                heaviestLoad,
                Runtime.version(),
                Runtime.getRuntime().maxMemory() >> 20,
                costs.values().iterator().next().size());
    }

    public void writeJson(Path path) throws IOException {
        String variantsText = costs.entrySet().stream()
                .map(entry -> "{\"variant\":\"" + entry.getKey() + "\",\"cpu_s_per_million\":"
                        + Arrays.toString(entry.getValue().toArray()) + "}")
                .collect(Collectors.joining(","));
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.writeString(path, "{\"machine\":\"" + machineLine() + "\",\"variants\":[" + variantsText + "]}\n");
    }
}
