package io.botwatch.bench.kafka;

import io.botwatch.metric.Tally;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The runs of one variant that count, those after the first. */
final class Runs {
    /** Of the CPU time of all stages; what takes less is not told. */
    private static final double SMALL = 0.01;

    private final long records;
    private final List<JobRun> runs = new ArrayList<>();

    Runs(long records) {
        this.records = records;
    }

    /** @return the records of the run */
    long add(JobRun run) {
        runs.add(run);
        return records;
    }

    private List<JobRun> counting() {
        return runs.subList(1, runs.size());
    }

    private JobRun last() {
        return runs.get(runs.size() - 1);
    }

    /** Median, of the clock. */
    long flowsPerSecond() {
        long[] sorted = counting().stream().mapToLong(JobRun::wallMs).sorted().toArray();
        return 1_000 * records / sorted[sorted.length / 2];
    }

    /** MB. */
    double largestCheckpoint() {
        return counting().stream().mapToLong(JobRun::largestCheckpoint).max().orElse(0) / 1e6;
    }

    long longestCheckpointMs() {
        return counting().stream().mapToLong(JobRun::longestCheckpointMs).max().orElse(0);
    }

    /** Records that came too late, and connections that had to make room, over all runs. */
    String lost() {
        long late = runs.stream().mapToLong(run -> Tally.late(run.counters())).sum();
        long evicted = runs.stream().mapToLong(run -> Tally.count(run.counters(), Tally.EVICTED_CONNECTIONS)).sum();
        return late + evicted == 0 ? "none" : late + " late, " + evicted + " evicted";
    }

    /**
     * A Markdown table of the last run: what each subtask of each stage took in, and what it cost.
     *
     * @return empty where there is only one subtask
     */
    String subtasks(String name) {
        int subtasks = last().stages().get(0).cpuNs().length;
        if (subtasks == 1) {
            return "";
        }
        StringBuilder text = new StringBuilder(
                "| " + name + ", stage | records in | busiest / other | CPU s | busiest / other |\n|---|---|---|---|---|\n");
        long[] whole = new long[subtasks];
        for (JobRun.Stage stage : last().stages()) {
            for (int i = 0; i < stage.cpuNs().length; i++) {
                whole[i] += stage.cpuNs()[i];
            }
        }
        for (JobRun.Stage stage : last().stages()) {
            if (stage.cpuNs().length > 1 && sum(stage.cpuNs()) > SMALL * sum(whole)) {
                text.append(row(first(stage.name()), stage.recordsIn(), stage.cpuNs()));
            }
        }
        return text.append(row("all", null, whole)).toString();
    }

    /** @param recordsIn null for none to tell */
    private static String row(String stage, long[] recordsIn, long[] cpuNs) {
        boolean none = recordsIn == null || sum(recordsIn) == 0;
        return "| " + stage + " | " + (none ? "" : join(recordsIn, 1, "%,.0f")) + " | " + (none ? "" : ratio(recordsIn)) + " | "
                + join(cpuNs, 1e-9, "%.2f") + " | " + ratio(cpuNs) + " |\n";
    }

    private static String join(long[] values, double unit, String format) {
        return String.join(" / ", Arrays.stream(values).mapToObj(value -> String.format(Locale.ROOT, format, value * unit)).toList());
    }

    private static String ratio(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return String.format(Locale.ROOT, "%.2f", (double) sorted[sorted.length - 1] / Math.max(1, sorted[0]));
    }

    private static long sum(long[] values) {
        return Arrays.stream(values).sum();
    }

    /** Of chained operators. */
    private static String first(String chain) {
        int end = chain.indexOf(" -> ");
        return end < 0 ? chain : chain.substring(0, end);
    }
}
