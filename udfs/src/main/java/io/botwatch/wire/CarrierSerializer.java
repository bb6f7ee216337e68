package io.botwatch.wire;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The base of serializers of records that a {@link RuleChange} can travel as. */
public abstract class CarrierSerializer<T extends RuleChange.Carrier> extends RecordSerializer<T> {

    /** A record that is nothing but the change; its key follows from {@link RuleChange#address}. */
    public abstract T carrier(RuleChange change);

    @Override
    final boolean writeInstead(T record, DataOutputView out) throws IOException {
        RuleChange change = record.change();
        if (change == null) {
            return false;
        }
        out.writeByte(INSTEAD);
        change.write(out);
        return true;
    }

    @Override
    final T readInstead(DataInputView in) throws IOException {
        return carrier(RuleChange.read(in));
    }
}
