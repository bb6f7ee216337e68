package io.botwatch.outbound;

import io.botwatch.rule.RuleSubject;
import io.botwatch.wire.KeyGroups;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The subjects of one key group, as many as there is room for. */
final class OutboundTable {
    private static final int VERSION = 1;

    private final long maxWeight;
    private final HostQuota quota;
    private final Map<RuleSubject, OutboundBuckets> subjects = new HashMap<>();

    /** Of all sums, and how many they are. */
    private long weight;

    private int sums;

    /** All windows that end up to here were judged, epoch ms. */
    private long judgedMs = Long.MIN_VALUE;

    /**
     * @param maxSums of the whole job, from which on none begins; what has begun goes on, and may yet become up to
     *     {@value OutboundSums#MOST_WEIGHT} times as heavy
     * @param groups of the whole job
     */
    OutboundTable(long maxSums, int groups) {
        this.maxWeight = maxSums / groups + 1;
        this.quota = new HostQuota(groups);
    }

    boolean isEmpty() {
        return subjects.isEmpty();
    }

    int sums() {
        return sums;
    }

    /** Whether the windows that the sums would belong to are over. */
    boolean hasJudged(OutboundSums sums) {
        return sums.endMs() <= judgedMs;
    }

    void judged(long watermarkMs) {
        // A restored job may begin with an older watermark than it had.
        judgedMs = Math.max(judgedMs, watermarkMs == Long.MAX_VALUE ? Long.MAX_VALUE : watermarkMs + 1);
    }

    /**
     * @param sums the table's from now on
     * @return the subject's; null where there is no room for what it would have to begin
     */
    OutboundBuckets add(RuleSubject subject, OutboundSums sums) {
        OutboundBuckets buckets = subjects.get(subject);
        OutboundSums bucket = buckets == null ? null : buckets.bucket(sums.bucketMs);
        if (bucket != null) {
            weight -= bucket.weight();
            bucket.merge(sums);
            weight += bucket.weight();
            return buckets;
        }
        if (weight >= maxWeight || buckets == null && !quota.admits(subject, sums)) {
            return null;
        }
        if (buckets == null) {
            buckets = new OutboundBuckets(subject, this);
            subjects.put(subject, buckets);
        }
        buckets.add(sums);
        weight += sums.weight();
        this.sums++;
        return buckets;
    }

    /** All windows of one subject have been judged that end up to {@code endMs}: lets go of what none reaches that ends later. */
    void passed(OutboundBuckets buckets, long endMs, long windowMs) {
        for (int gone = buckets.pass(endMs, windowMs); gone > 0; gone--) {
            weight -= buckets.removeEarliest().weight();
            sums--;
        }
        if (buckets.isEmpty()) {
            subjects.remove(buckets.subject);
            quota.release(buckets.subject);
        }
    }

    void write(DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(judgedMs);
        RecordSerializer.writeVarInt(subjects.size(), out);
        for (OutboundBuckets buckets : subjects.values()) {
            buckets.write(out);
        }
    }

    /** @param each is told every subject that {@link #write} wrote */
    void read(DataInputView in, Consumer<OutboundBuckets> each) throws IOException {
        KeyGroups.readVersion("outbound sums", VERSION, VERSION, in);
        judgedMs = in.readLong();
        int count = RecordSerializer.readVarInt(in);
        for (int i = 0; i < count; i++) {
            OutboundBuckets buckets = OutboundBuckets.read(in, this);
            subjects.put(buckets.subject, buckets);
            quota.take(buckets.subject);
            weight += buckets.weight();
            sums += buckets.size();
            each.accept(buckets);
        }
    }
}
