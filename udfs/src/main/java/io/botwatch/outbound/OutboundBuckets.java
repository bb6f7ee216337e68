package io.botwatch.outbound;

import io.botwatch.rule.RuleSubject;
import io.botwatch.timing.Timed;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What one subject did, bucket by bucket, as far back as a window reaches that has not been judged. */
final class OutboundBuckets extends Timed {
    private static final OutboundSums[] NONE = {};

    final RuleSubject subject;

    /** It lies in. */
    final OutboundTable table;

    /** The earliest first. */
    private OutboundSums[] buckets = NONE;

    private long nextMs = Long.MAX_VALUE;

    OutboundBuckets(RuleSubject subject, OutboundTable table) {
        this.subject = subject;
        this.table = table;
    }

    /** Whether one ends then. */
    boolean endsAt(long endMs) {
        return bucket(endMs - OutboundSums.BUCKET_MS) != null;
    }

    boolean isEmpty() {
        return buckets.length == 0;
    }

    int size() {
        return buckets.length;
    }

    int weight() {
        int weight = 0;
        for (OutboundSums bucket : buckets) {
            weight += bucket.weight();
        }
        return weight;
    }

    /** When a bucket ends, or a bucket can go, that has not been passed; epoch ms. */
    long nextMs() {
        return nextMs;
    }

    /** Null when there is none that starts then. */
    OutboundSums bucket(long bucketMs) {
        for (OutboundSums bucket : buckets) {
            if (bucket.bucketMs == bucketMs) {
                return bucket;
            }
        }
        return null;
    }

    /** @param bucket that there is none of, and that has not been passed */
    void add(OutboundSums bucket) {
        int at = buckets.length;
        while (at > 0 && buckets[at - 1].bucketMs > bucket.bucketMs) {
            at--;
        }
        OutboundSums[] more = Arrays.copyOf(buckets, buckets.length + 1);
        System.arraycopy(buckets, at, more, at + 1, buckets.length - at);
        more[at] = bucket;
        buckets = more;
        nextMs = Math.min(nextMs, bucket.endMs());
    }

    /** Whether a rule may hold of all buckets that end up to {@code endMs}, taken together. */
    boolean mayHold(OutboundJudge judge, long endMs) {
        long flows = 0;
        long packets = 0;
        long bytes = 0;
        for (OutboundSums bucket : buckets) {
            if (bucket.bucketMs < endMs) {
                flows += bucket.flows;
                packets += bucket.packets;
                bytes += bucket.bytes;
            }
        }
        return judge.mayHold(flows, packets, bytes);
    }

    /** Those that end up to {@code endMs}, the earliest first. */
    OutboundSums[] upTo(long endMs) {
        int count = 0;
        while (count < buckets.length && buckets[count].bucketMs < endMs) {
            count++;
        }
        return Arrays.copyOf(buckets, count);
    }

    /**
     * All windows have been judged that end up to {@code endMs}.
     *
     * @param windowMs the longest, ms
     * @return how many buckets can go, the earliest first, since no window reaches them that ends later
     */
    int pass(long endMs, long windowMs) {
        int gone = 0;
        while (gone < buckets.length && buckets[gone].bucketMs < endMs + OutboundSums.BUCKET_MS - windowMs) {
            gone++;
        }
        nextMs = gone < buckets.length ? buckets[gone].bucketMs + windowMs : Long.MAX_VALUE;
        for (int i = buckets.length - 1; i >= gone && buckets[i].endMs() > endMs; i--) {
            nextMs = Math.min(nextMs, buckets[i].endMs());
        }
        return gone;
    }

    OutboundSums removeEarliest() {
        OutboundSums earliest = buckets[0];
        buckets = Arrays.copyOfRange(buckets, 1, buckets.length);
        return earliest;
    }

    void write(DataOutputView out) throws IOException {
        out.writeLong(nextMs);
        RecordSerializer.writeVarInt(buckets.length, out);
        for (OutboundSums bucket : buckets) {
            OutboundSums.Serializer.INSTANCE.serialize(bucket, out);
        }
    }

    static OutboundBuckets read(DataInputView in, OutboundTable table) throws IOException {
        long nextMs = in.readLong();
        int count = RecordSerializer.readVarInt(in);
        OutboundSums[] buckets = new OutboundSums[count];
        for (int i = 0; i < count; i++) {
            buckets[i] = OutboundSums.Serializer.INSTANCE.deserialize(in);
        }
        OutboundBuckets read = new OutboundBuckets(buckets[0].subject(), table);
        read.buckets = buckets;
        read.nextMs = nextMs;
        return read;
    }
}
