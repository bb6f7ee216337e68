package io.botwatch.generate;

import io.botwatch.flow.Flow;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/**
 * Flows in the order in which a collector gets them, instead of the order in which they started.
 *
 * <p>An exporter sends a record when the flow is over, or when the active timeout of 60 s has passed, and does so in
 * batches: arrival = start + min(duration, 60 s) + a uniform 0 to 20 s. So no record starts more than 80 s before the
 * latest start that arrived earlier, which a watermark bound of 90 s allows for. Memory is one record per flow that
 * started within those 80 s.
 */
public final class ArrivalOrder implements FlowCursor {
    static final long ACTIVE_TIMEOUT_MS = 60_000;
    static final long LONGEST_EXPORT_DELAY_MS = 20_000;
    private static final int TOLD_EVERY = 10_000;

    private final FlowCursor byStart;
    private final Dice dice;
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
    private final ArrayDeque<Waiting> spare = new ArrayDeque<>();
    private Waiting ahead = new Waiting();
    private boolean more;
    private long number;
    private long arrivalMs = Long.MIN_VALUE;

    private static final class Waiting implements Comparable<Waiting> {
        private final Flow flow = new Flow();
        private long arrivalMs;
        private long number;

        @Override
        public int compareTo(Waiting other) {
            int byArrival = Long.compare(arrivalMs, other.arrivalMs);
            return byArrival != 0 ? byArrival : Long.compare(number, other.number);
        }
    }

    /**
     * @param byStart flows in order of start
     * @param seed of the export delays; need not be the scenario's
     */
    public ArrivalOrder(FlowCursor byStart, long seed) {
        this.byStart = byStart;
        dice = new Dice(seed, "arrival");
        more = byStart.next(ahead.flow);
    }

    @Override
    public boolean next(Flow into) {
        // Nothing that has yet to start can arrive before it has started.
        while (more && (waiting.isEmpty() || ahead.flow.startMs <= waiting.peek().arrivalMs)) {
            long durationMs = ahead.flow.endMs - ahead.flow.startMs;
            ahead.arrivalMs = ahead.flow.startMs
                    + Math.min(durationMs, ACTIVE_TIMEOUT_MS)
                    + dice.between(0, LONGEST_EXPORT_DELAY_MS);
            ahead.number = number++;
            waiting.add(ahead);
            ahead = spare.isEmpty() ? new Waiting() : spare.pop();
            more = byStart.next(ahead.flow);
        }
        Waiting first = waiting.poll();
        if (first == null) {
            return false;
        }
        into.copyFrom(first.flow);
        arrivalMs = first.arrivalMs;
        spare.push(first);
        return true;
    }

    /** When the flow that {@link #next} gave last arrived, epoch ms. */
    public long arrivalMs() {
        return arrivalMs;
    }

    /**
     * Writes all that is left, with the format's header.
     *
     * @param progress is told the number of records every ten thousand
     * @return how many records
     */
    public long writeTo(OutputStream stream, FlowWriter writer, LongConsumer progress) throws IOException {
        LineBuffer line = new LineBuffer();
        writer.header(line);
        if (line.length() > 0) {
            writer.end(line);
            line.writeTo(stream);
        }
        Flow flow = new Flow();
        long count = 0;
        while (next(flow)) {
            line.clear();
            writer.write(flow, arrivalMs, line);
            writer.end(line);
            line.writeTo(stream);
            if (++count % TOLD_EVERY == 0) {
                progress.accept(count);
            }
        }
        stream.flush();
        return count;
    }

    /** Records held. */
    int held() {
        return waiting.size();
    }
}
