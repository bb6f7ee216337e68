package io.botwatch.appraise;

import io.botwatch.flow.Address;
import io.botwatch.wire.RecordType;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * How many internal hosts are there: counted once for all, and told to every key group of the appraisal with the bucket that changes
 * it. It goes the way of the contacts rather than being broadcast, so that it is there in order of event time, and checkpoints
 * stay as they are.
 */
public final class PopulationFunction extends KeyedProcessFunction<Address, Contact, Contact> {
    private static final MapStateDescriptor<Long, Contact> BUCKETS =
            new MapStateDescriptor<>("buckets", Types.LONG, Contact.Serializer.TYPE);
    private static final ValueStateDescriptor<Acquaintance> HOSTS = new ValueStateDescriptor<>(
            "hosts", RecordType.of(Acquaintance.class, Acquaintance.Serializer.INSTANCE));

    private transient MapState<Long, Contact> buckets;
    private transient ValueState<Acquaintance> hosts;
    private transient Address[] groups;

    /** Since it started: who knows nothing yet has no number in a checkpoint, either. */
    private transient boolean told;

    @Override
    public void open(OpenContext context) {
        buckets = getRuntimeContext().getMapState(BUCKETS);
        hosts = getRuntimeContext().getState(HOSTS);
        groups = oneOfEach(getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
    }

    /** An address in each key group. */
    static Address[] oneOfEach(int groups) {
        Address[] addresses = new Address[groups];
        int left = groups;
        for (long i = 0; left > 0; i++) {
            Address address = new Address(0, i);
            int group = KeyGroupRangeAssignment.assignToKeyGroup(address, groups);
            if (addresses[group] == null) {
                addresses[group] = address;
                left--;
            }
        }
        return addresses;
    }

    @Override
    public void processElement(Contact contact, Context context, Collector<Contact> out) throws Exception {
        if (contact.endMs() - 1 <= context.timerService().currentWatermark()) {
            return; // the count of its bucket has been told
        }
        Contact bucket = buckets.get(contact.bucketMs);
        if (bucket == null) {
            bucket = contact.copy();
            context.timerService().registerEventTimeTimer(contact.endMs() - 1);
        } else {
            bucket.others.merge(contact.others);
        }
        buckets.put(contact.bucketMs, bucket);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Contact> out) throws Exception {
        Contact bucket = buckets.get(timestamp + 1 - Contact.BUCKET_MS);
        if (bucket == null) {
            return;
        }
        buckets.remove(bucket.bucketMs);
        Acquaintance known = hosts.value();
        long before = known == null ? 0 : known.others();
        if (known == null) {
            known = new Acquaintance(bucket);
        } else {
            known.add(bucket);
        }
        hosts.update(known);
        long population = known.others();
        if (population != before || !told) {
            told = true;
            for (Address group : groups) {
                out.collect(Contact.population(group, bucket.bucketMs, population));
            }
        }
    }
}
