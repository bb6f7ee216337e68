package io.botwatch.bench.micro;

import io.botwatch.combine.Combining;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingSerializer;
import io.botwatch.finding.SampleFindings;
import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.FlowSerializer;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.DecodedSerializer;
import io.botwatch.outbound.OutboundCombining;
import io.botwatch.outbound.OutboundRule;
import io.botwatch.outbound.OutboundSums;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import io.botwatch.volumetric.VolumetricCombining;
import io.botwatch.volumetric.VolumetricPartial;
import io.botwatch.volumetric.VolumetricRule;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A record to bytes and back, as between tasks. */
@State(Scope.Thread)
public class SerializerBenchmark {
    /** Of partials: flows of as many peers, the first few of which are held one by one, all others in a sketch. */
    public enum Type {
        FLOW,
        DECODED,
        VOLUMETRIC_OF_3,
        VOLUMETRIC_OF_1000,
        OUTBOUND_OF_3,
        OUTBOUND_OF_1000,
        FINDING,
        CANDIDATE
    }

    private static final int FEW = 3;
    private static final int MANY = 1_000;

    @Param
    public Type type;

    private TypeSerializer<Object> serializer;
    private Object record;
    private Object reused;
    private final DataOutputSerializer out = new DataOutputSerializer(1 << 16);
    private final DataInputDeserializer in = new DataInputDeserializer();
    private byte[] written;

    @Setup
    public void open() throws IOException {
        Decoded decoded = new Decoded().asFlow();
        decoded.flow.copyFrom(SampleRecords.flow());
        switch (type) {
            case FLOW -> use(FlowSerializer.INSTANCE, decoded.flow);
            case DECODED -> use(DecodedSerializer.INSTANCE, decoded);
            case VOLUMETRIC_OF_3 -> use(VolumetricPartial.Serializer.INSTANCE, volumetric(FEW));
            case VOLUMETRIC_OF_1000 -> use(VolumetricPartial.Serializer.INSTANCE, volumetric(MANY));
            case OUTBOUND_OF_3 -> use(OutboundSums.Serializer.INSTANCE, outbound(FEW));
            case OUTBOUND_OF_1000 -> use(OutboundSums.Serializer.INSTANCE, outbound(MANY));
            case FINDING -> use(FindingSerializer.INSTANCE, SampleFindings.beacon());
            case CANDIDATE -> use(CandidateSerializer.INSTANCE, candidate());
        }
        write();
        written = Arrays.copyOf(out.getSharedBuffer(), out.length());
        reused = serializer.createInstance();
        serializer.serialize(read(), again());
        if (!Arrays.equals(written, 0, written.length, out.getSharedBuffer(), 0, out.length())) {
            throw new IllegalStateException(type + " does not come back as it was");
        }
    }

    @SuppressWarnings("unchecked")
    private <T> void use(TypeSerializer<T> of, T value) {
        serializer = (TypeSerializer<Object>) of;
        record = value;
    }

    private static VolumetricPartial volumetric(int peers) {
        VolumetricRule rule = RulesDocument.preset("enterprise").active(VolumetricRule.class).get(0);
        return combined(new VolumetricCombining(rule, true, 1), peers, Direction.INBOUND);
    }

    private static OutboundSums outbound(int peers) {
        RuleSet rules = RulesDocument.preset("enterprise");
        OutboundRule rule = rules.active(OutboundRule.class).get(0);
        return combined(new OutboundCombining(rule, rules.roles(), 1), peers, Direction.OUTBOUND);
    }

    private static <P> P combined(Combining<Flow, P> combining, int peers, Direction direction) {
        P partial = null;
        for (int i = 0; i < peers; i++) {
            Flow flow = SampleRecords.flow();
            flow.direction = direction;
            if (direction == Direction.INBOUND) {
                flow.srcLo = Address.v4(198 << 24 | i);
            } else {
                flow.dstLo = Address.v4(198 << 24 | i);
            }
            combining.wants(flow);
            P probe = combining.probe(flow);
            if (partial == null) {
                partial = combining.start(probe);
            }
            combining.add(partial, flow);
        }
        return partial;
    }

    private static Candidate candidate() {
        Finding finding = SampleFindings.beacon();
        return new Candidate(Candidate.Signal.HOLDS, "BEACON-SLOW|10.0.3.7|203.0.113.7|8443|6", finding.dst, 3_600_000, finding);
    }

    private DataOutputSerializer again() {
        out.clear();
        return out;
    }

    @Benchmark
    public int write() throws IOException {
        serializer.serialize(record, again());
        return out.length();
    }

    @Benchmark
    public Object read() throws IOException {
        in.setBuffer(written);
        return serializer.deserialize(reused, in);
    }
}
