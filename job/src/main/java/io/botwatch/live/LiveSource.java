package io.botwatch.live;

import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A source whose records changes of the rules go with. Its enumerator, of which a job has one, takes the changes in and finds the
 * event time from which each is in force; its readers send them.
 *
 * @param <S> splits of the source that reads the flows
 * @param <E> what its enumerator checkpoints
 */
public final class LiveSource<S extends SourceSplit, E>
        implements Source<Decoded, LiveSplit<S>, E>, ResultTypeQueryable<Decoded> {
    private final Source<Decoded, S, E> flows;
    private final Duration maxFuture;
    private final LiveRulesStart rules;

    /**
     * @param maxFuture how far ahead of the clock a flow may be and be believed
     * @param rules where changes are asked for and answered; null where there are none
     */
    public LiveSource(Source<Decoded, S, E> flows, Duration maxFuture, LiveRulesStart rules) {
        this.flows = flows;
        this.maxFuture = maxFuture;
        this.rules = rules;
    }

    @Override
    public Boundedness getBoundedness() {
        return flows.getBoundedness();
    }

    @Override
    public SourceReader<Decoded, LiveSplit<S>> createReader(SourceReaderContext context) throws Exception {
        return new LiveReader<>(flows.createReader(context), context, new Progress(maxFuture), rules != null);
    }

    @Override
    public SplitEnumerator<LiveSplit<S>, E> createEnumerator(SplitEnumeratorContext<LiveSplit<S>> context) throws Exception {
        return enumerator(context, flows.createEnumerator(new OfSplits<>(context)));
    }

    @Override
    public SplitEnumerator<LiveSplit<S>, E> restoreEnumerator(SplitEnumeratorContext<LiveSplit<S>> context, E checkpoint)
            throws Exception {
        return enumerator(context, flows.restoreEnumerator(new OfSplits<>(context), checkpoint));
    }

    private SplitEnumerator<LiveSplit<S>, E> enumerator(
            SplitEnumeratorContext<LiveSplit<S>> context, SplitEnumerator<S, E> enumerator) {
        return new LiveEnumerator<>(enumerator, rules == null ? null : new RuleControl(context, rules));
    }

    @Override
    public SimpleVersionedSerializer<LiveSplit<S>> getSplitSerializer() {
        return new LiveSplit.Serializer<>(flows.getSplitSerializer());
    }

    @Override
    public SimpleVersionedSerializer<E> getEnumeratorCheckpointSerializer() {
        return flows.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Decoded> getProducedType() {
        return DecodedSerializer.TYPE;
    }
}
