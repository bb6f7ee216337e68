package io.botwatch.appraise;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.flow.Address;
import io.botwatch.metric.Tally;
import io.botwatch.wire.KeyGroupOperator;
import io.botwatch.wire.KeyGroups;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Weighs candidates by what is known of their address at their time, from all outbound connections. Candidates that are
 * not weighed pass at once.
 *
 * <p>The state is its own, per key group, and bounded: every address of the Internet may be contacted.
 */
public final class AppraiseOperator extends KeyGroupOperator<Candidate>
        implements TwoInputStreamOperator<Candidate, Contact, Candidate>, KeyGroups.State {
    /** Addresses known, over the whole job, and as many contacts that wait; about 250 bytes each with few other ends. */
    private static final int MAX_ADDRESSES = 400_000;

    private final Appraiser appraiser;

    private transient AcquaintanceTable[] tables;
    private transient StreamRecord<Candidate> emitted;

    /** Made once, not for every table at every watermark. */
    private transient Consumer<Candidate> emission;

    private transient Tally evicted;

    public AppraiseOperator(Appraiser appraiser) {
        this.appraiser = appraiser;
    }

    @Override
    protected KeyGroups.State begin() {
        tables = new AcquaintanceTable[groups.count()];
        return this;
    }

    @Override
    public void open() throws Exception {
        super.open();
        emitted = new StreamRecord<>(null);
        emission = this::emit;
        evicted = Tally.of(getRuntimeContext(), Tally.EVICTED_ADDRESSES);
        getMetricGroup().gauge("addresses_known", this::known);
    }

    private int known() {
        int known = 0;
        for (AcquaintanceTable table : tables) {
            known += table == null ? 0 : table.size();
        }
        return known;
    }

    private AcquaintanceTable table(Address address) {
        return table(groups.groupOf(address));
    }

    private AcquaintanceTable table(int group) {
        int index = group - groups.first();
        if (tables[index] == null) {
            tables[index] = new AcquaintanceTable(MAX_ADDRESSES / groups.of() + 1);
        }
        return tables[index];
    }

    @Override
    public void processElement1(StreamRecord<Candidate> element) {
        Candidate candidate = element.getValue();
        if (appraiser.wants(candidate)) {
            table(appraiser.subject(candidate)).add(CandidateSerializer.INSTANCE.copy(candidate));
        } else {
            output.collect(element);
        }
    }

    @Override
    public void processElement2(StreamRecord<Contact> element) {
        evicted.add(table(element.getValue().address()).add(element.getValue().copy()));
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        for (AcquaintanceTable table : tables) {
            if (table != null) {
                evicted.add(table.advance(mark.getTimestamp(), appraiser, emission));
            }
        }
        super.processWatermark(mark);
    }

    private void emit(Candidate candidate) {
        output.collect(emitted.replace(candidate, candidate.finding.timeMs - 1));
    }

    @Override
    public boolean isEmpty(int group) {
        AcquaintanceTable table = tables[group - groups.first()];
        return table == null || table.isEmpty();
    }

    @Override
    public void write(int group, DataOutputView out) throws IOException {
        table(group).write(out);
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        table(group).read(in);
    }
}
