package io.botwatch.finding;

import io.botwatch.flow.Address;
import io.botwatch.wire.CarrierSerializer;
import io.botwatch.wire.RecordType;
import io.botwatch.wire.RuleChange;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** A candidate in flight. */
public final class CandidateSerializer extends CarrierSerializer<Candidate> {
    public static final CandidateSerializer INSTANCE = new CandidateSerializer();
    public static final TypeInformation<Candidate> TYPE = RecordType.of(Candidate.class, INSTANCE);

    private static final Candidate.Signal[] SIGNALS = Candidate.Signal.values();
    private static final Severity[] SEVERITIES = Severity.values();

    @Override
    protected int version() {
        return 3;
    }

    @Override
    public Candidate createInstance() {
        return new Candidate();
    }

    @Override
    public Candidate copy(Candidate from) {
        if (from.change() != null) {
            return from;
        }
        return new Candidate(from.signal, from.storyKey, from.peer, from.suppressionMs, from.finding.copy())
                .weighed(from.rarityWeight, from.ceiling)
                .suspect(from.suspect);
    }

    @Override
    protected void write(Candidate candidate, DataOutputView out) throws IOException {
        out.writeByte(candidate.signal.ordinal());
        out.writeUTF(candidate.storyKey);
        out.writeLong(candidate.peer.hi);
        out.writeLong(candidate.peer.lo);
        writeVarLong(candidate.suppressionMs, out);
        out.writeByte(candidate.ceiling == null ? -1 : candidate.ceiling.ordinal());
        if (candidate.ceiling != null) {
            out.writeDouble(candidate.rarityWeight);
            out.writeBoolean(candidate.suspect);
        }
        FindingSerializer.INSTANCE.serialize(candidate.finding, out);
    }

    @Override
    protected Candidate read(int version, Candidate reuse, DataInputView in) throws IOException {
        reuse.signal = SIGNALS[in.readByte()];
        reuse.storyKey = in.readUTF();
        reuse.peer = new Address(in.readLong(), in.readLong());
        reuse.suppressionMs = readVarLong(in);
        int ceiling = version < 2 ? -1 : in.readByte();
        reuse.ceiling = ceiling < 0 ? null : SEVERITIES[ceiling];
        reuse.rarityWeight = ceiling < 0 ? Double.NaN : in.readDouble();
        reuse.suspect = version > 2 && ceiling >= 0 && in.readBoolean();
        reuse.finding = FindingSerializer.INSTANCE.deserialize(in);
        return reuse;
    }

    @Override
    public Candidate carrier(RuleChange change) {
        return Candidate.ofChange(change);
    }

    @Override
    public TypeSerializerSnapshot<Candidate> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Candidate> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
