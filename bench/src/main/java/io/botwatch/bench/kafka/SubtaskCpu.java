package io.botwatch.bench.kafka;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CPU time of the threads that work for a job's subtasks, the source's fetchers too, looked at five times a second; what a
 * thread did after the last look is missed. Flink's own busy time counts waiting for a core as work.
 */
final class SubtaskCpu implements AutoCloseable {
    private static final Pattern SUBTASK = Pattern.compile("(?:Source Data Fetcher for )?(.*) \\((\\d+)/(\\d+)\\)#\\d+.*", Pattern.DOTALL);
    private static final long EVERY_MS = 200;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final Map<Long, Spent> byThread = new HashMap<>();

    private record Spent(String task, int subtask, int subtasks, long ns) {}

    SubtaskCpu() {
        clock.scheduleAtFixedRate(this::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private synchronized void look() {
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            Matcher name = thread == null ? null : SUBTASK.matcher(thread.getThreadName());
            if (name != null && name.matches()) {
                long ns = threads.getThreadCpuTime(thread.getThreadId());
                if (ns >= 0) {
                    byThread.put(
                            thread.getThreadId(),
                            new Spent(name.group(1), Integer.parseInt(name.group(2)) - 1, Integer.parseInt(name.group(3)), ns));
                }
            }
        }
    }

    /** Nanoseconds of each subtask, by the name of its task. */
    synchronized Map<String, long[]> byTask() {
        Map<String, long[]> byTask = new HashMap<>();
        for (Spent spent : byThread.values()) {
            byTask.computeIfAbsent(spent.task, task -> new long[spent.subtasks])[spent.subtask] += spent.ns;
        }
        return byTask;
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
