package io.botwatch.timing;

import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Ends the news that all of the source is idle, where one way of several from it meets the others. When flows come again,
 * they do not come by all ways at once: a way that is still said to be idle would hold back nothing, and what comes by it
 * would be late. Without the news event time stands for all ways, as it does at the source.
 *
 * @param <T> passes as it is
 */
public final class NeverIdleOperator<T> extends AbstractStreamOperator<T> implements OneInputStreamOperator<T, T> {
    @Override
    public void processElement(StreamRecord<T> element) {
        output.collect(element);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) {
        // Not told to those behind it.
    }
}
