package io.botwatch.lifecycle;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import java.util.List;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The lifecycle as an operator of one input; changes of the rules are handed to it. */
final class WithoutChanges extends CoBroadcastWithKeyedOperator<String, Candidate, Candidate, Finding>
        implements OneInputStreamOperator<Candidate, Finding> {

    WithoutChanges(LifecycleFunction function) {
        super(function, List.of(LifecycleFunction.CHANGES));
    }

    @Override
    public void processElement(StreamRecord<Candidate> element) throws Exception {
        processElement1(element);
    }

    @Override
    public void setKeyContextElement(StreamRecord<Candidate> record) throws Exception {
        setKeyContextElement1(record);
    }
}
