package io.botwatch.pattern;

import io.botwatch.relay.RelayDigest;
import io.botwatch.relay.RelayPair;
import io.botwatch.relay.RelayPartial;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.nfa.aftermatch.AfterMatchSkipStrategy;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.Collector;

/**
 * Inbound, then outbound within the window, on one host: over digests, so that a host has at most 122 live partial matches
 * whatever its traffic: 61 inbound buckets that waited until it reached out, and 61 since.
 *
 * <p>The window is widened by one bucket: CEP's is exclusive, and a digest's timestamp is its bucket's end. The exact bound
 * is applied when a match is expanded.
 */
public final class RelayPattern {
    private static final String INBOUND = "inbound";
    private static final String OUTBOUND = "outbound";

    private RelayPattern() {}

    /** @param windowMs longest delay from inbound to outbound, ms, inclusive; a multiple of the bucket */
    public static Pattern<RelayDigest, RelayDigest> of(long windowMs) {
        return Pattern.<RelayDigest>begin(INBOUND, AfterMatchSkipStrategy.noSkip())
                .where(SimpleCondition.of(digest -> !digest.outbound()))
                .followedByAny(OUTBOUND)
                .where(SimpleCondition.of(RelayDigest::outbound))
                .within(Duration.ofMillis(windowMs + RelayPartial.BUCKET_MS));
    }

    /** @param digests keyed by host */
    public static SingleOutputStreamOperator<RelayPair> pairs(
            KeyedStream<RelayDigest, ?> digests, long windowMs) {
        return CEP.pattern(digests, of(windowMs), new InboundFirst())
                .process(new Expand(windowMs), RelayPair.Serializer.TYPE);
    }

    /** Of two digests with one timestamp the inbound one comes first: within a bucket it may precede. */
    private static final class InboundFirst implements EventComparator<RelayDigest> {
        @Override
        public int compare(RelayDigest a, RelayDigest b) {
            return Boolean.compare(a.outbound(), b.outbound());
        }
    }

    private static final class Expand extends PatternProcessFunction<RelayDigest, RelayPair> {
        private final long windowMs;

        Expand(long windowMs) {
            this.windowMs = windowMs;
        }

        @Override
        public void processMatch(Map<String, List<RelayDigest>> match, Context context, Collector<RelayPair> out) {
            RelayDigest.expand(match.get(INBOUND).get(0), match.get(OUTBOUND).get(0), windowMs, out::collect);
        }
    }
}
