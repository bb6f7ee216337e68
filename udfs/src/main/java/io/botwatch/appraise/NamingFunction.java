package io.botwatch.appraise;

import io.botwatch.flow.Address;
import io.botwatch.ingest.Decoded;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Tells each address that a lookup was answered with who asked for it, and by what name. */
public final class NamingFunction implements FlatMapFunction<Decoded, Contact> {
    @Override
    public void flatMap(Decoded record, Collector<Contact> out) {
        if (!record.isLookup()) {
            return; // a change of the rules, which do not matter here
        }
        Naming naming = new Naming(
                record.lookup.name(), new Address(record.flow.srcHi, record.flow.srcLo), record.flow.startMs);
        for (Address answer : record.lookup.answers()) {
            out.collect(Contact.named(answer, naming));
        }
    }
}
