package io.botwatch.finding;

import io.botwatch.flow.Address;
import io.botwatch.wire.RecordSerializer;
import io.botwatch.wire.RecordType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A finding in state, between operators and in spill files: every field, in the order of the class.
 *
 * <p>References may be {@code null}; a {@code null} list comes back empty. Texts are UTF-8 of any length.
 */
public final class FindingSerializer extends RecordSerializer<Finding> {
    public static final FindingSerializer INSTANCE = new FindingSerializer();
    public static final TypeInformation<Finding> TYPE = RecordType.of(Finding.class, INSTANCE);

    private static final int ABSENT = 0;
    private static final int V4 = 1;
    private static final int V6 = 2;
    private static final Finding.Activity[] ACTIVITIES = Finding.Activity.values();
    private static final Finding.Audience[] AUDIENCES = Finding.Audience.values();
    private static final Finding.Type[] TYPES = Finding.Type.values();
    private static final Finding.Confidence[] CONFIDENCES = Finding.Confidence.values();
    private static final Severity[] SEVERITIES = Severity.values();

    @Override
    protected int version() {
        return 3;
    }

    @Override
    public Finding createInstance() {
        return new Finding();
    }

    @Override
    public Finding copy(Finding from) {
        return from.copy();
    }

    @Override
    protected void write(Finding finding, DataOutputView out) throws IOException {
        out.writeBoolean(finding.uid != null);
        if (finding.uid != null) {
            out.writeLong(finding.uid.getMostSignificantBits());
            out.writeLong(finding.uid.getLeastSignificantBits());
        }
        writeEnum(finding.activity, out);
        writeEnum(finding.type, out);
        writeText(finding.ruleId, out);
        writeText(finding.ruleTitle, out);
        writeTexts(finding.tags, out);
        writeEnum(finding.severity, out);
        out.writeLong(finding.firstSeenMs);
        out.writeLong(finding.lastSeenMs);
        out.writeLong(finding.episodeMs);
        out.writeLong(finding.timeMs);
        writeAddress(finding.src, out);
        writeAddress(finding.relay, out);
        writeAddress(finding.dst, out);
        // One up, so that the usual -1 takes one byte.
        writeVarInt(finding.dstPort + 1, out);
        writeVarInt(finding.protocol + 1, out);
        writeVarLong(finding.connections, out);
        writeVarLong(finding.distinctSources + 1, out);
        writeVarLong(finding.distinctTargets + 1, out);
        out.writeDouble(finding.score);
        out.writeDouble(finding.periodSeconds);
        out.writeDouble(finding.jitter);
        writeText(finding.message, out);
        writeText(finding.configVersion, out);
        writeVarInt(size(finding.measures), out);
        for (int i = 0; i < size(finding.measures); i++) {
            writeText(finding.measures.get(i).name(), out);
            writeText(finding.measures.get(i).value(), out);
        }
        writeVarInt(size(finding.samples), out);
        for (int i = 0; i < size(finding.samples); i++) {
            Finding.Sample sample = finding.samples.get(i);
            writeAddress(sample.src(), out);
            writeAddress(sample.dst(), out);
            writeVarInt(sample.dstPort() + 1, out);
            out.writeLong(sample.startMs());
        }
        writeTexts(finding.notes, out);
        writeEnum(finding.confidence, out);
        writeEnum(finding.audience, out);
        writeText(finding.exception, out);
    }

    @Override
    protected Finding read(int version, Finding finding, DataInputView in) throws IOException {
        finding.uid = in.readBoolean() ? new UUID(in.readLong(), in.readLong()) : null;
        finding.activity = readEnum(ACTIVITIES, in);
        finding.type = readEnum(TYPES, in);
        finding.ruleId = readText(in);
        finding.ruleTitle = readText(in);
        finding.tags = readTexts(in);
        finding.severity = readEnum(SEVERITIES, in);
        finding.firstSeenMs = in.readLong();
        finding.lastSeenMs = in.readLong();
        finding.episodeMs = in.readLong();
        finding.timeMs = in.readLong();
        finding.src = readAddress(in);
        finding.relay = readAddress(in);
        finding.dst = readAddress(in);
        finding.dstPort = readVarInt(in) - 1;
        finding.protocol = readVarInt(in) - 1;
        finding.connections = readVarLong(in);
        finding.distinctSources = readVarLong(in) - 1;
        finding.distinctTargets = readVarLong(in) - 1;
        finding.score = in.readDouble();
        finding.periodSeconds = in.readDouble();
        finding.jitter = in.readDouble();
        finding.message = readText(in);
        finding.configVersion = readText(in);
        // Lists are new ones: a reused record may have given its lists away.
        int measures = readVarInt(in);
        finding.measures = new ArrayList<>(capacity(measures));
        for (int i = 0; i < measures; i++) {
            finding.measures.add(new Finding.Measure(readText(in), readText(in)));
        }
        int samples = readVarInt(in);
        finding.samples = new ArrayList<>(capacity(samples));
        for (int i = 0; i < samples; i++) {
            finding.samples.add(
                    new Finding.Sample(readAddress(in), readAddress(in), readVarInt(in) - 1, in.readLong()));
        }
        finding.notes = readTexts(in);
        finding.confidence = version == 1 ? null : readEnum(CONFIDENCES, in);
        finding.audience = version < 3 ? Finding.Audience.ALL : readEnum(AUDIENCES, in);
        finding.exception = version < 3 ? "" : readText(in);
        return finding;
    }

    private static int size(List<?> list) {
        return list == null ? 0 : list.size();
    }

    /** Damaged bytes must not make a list of two billion. */
    private static int capacity(int size) {
        return Math.max(0, Math.min(size, 64));
    }

    private static void writeEnum(Enum<?> value, DataOutputView out) throws IOException {
        out.writeByte(value == null ? -1 : value.ordinal());
    }

    private static <E> E readEnum(E[] values, DataInputView in) throws IOException {
        int ordinal = in.readByte();
        return ordinal < 0 ? null : values[ordinal];
    }

    private static void writeText(String text, DataOutputView out) throws IOException {
        if (text == null) {
            writeVarInt(0, out);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        writeVarInt(bytes.length + 1, out);
        out.write(bytes);
    }

    private static String readText(DataInputView in) throws IOException {
        int length = readVarInt(in) - 1;
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void writeTexts(List<String> texts, DataOutputView out) throws IOException {
        writeVarInt(size(texts), out);
        for (int i = 0; i < size(texts); i++) {
            writeText(texts.get(i), out);
        }
    }

    private static List<String> readTexts(DataInputView in) throws IOException {
        int size = readVarInt(in);
        List<String> texts = new ArrayList<>(capacity(size));
        for (int i = 0; i < size; i++) {
            texts.add(readText(in));
        }
        return texts;
    }

    private static void writeAddress(Address address, DataOutputView out) throws IOException {
        if (address == null) {
            out.writeByte(ABSENT);
        } else if (Address.isV4(address.hi, address.lo)) {
            out.writeByte(V4);
            out.writeInt((int) address.lo);
        } else {
            out.writeByte(V6);
            out.writeLong(address.hi);
            out.writeLong(address.lo);
        }
    }

    private static Address readAddress(DataInputView in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case ABSENT -> null;
            case V4 -> new Address(0, Address.v4(in.readInt()));
            case V6 -> new Address(in.readLong(), in.readLong());
            default -> throw new IOException("an address of kind " + kind);
        };
    }

    @Override
    public TypeSerializerSnapshot<Finding> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in savepoints. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Finding> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
