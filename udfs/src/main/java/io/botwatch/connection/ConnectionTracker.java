package io.botwatch.connection;

import io.botwatch.flow.Flow;
import io.botwatch.flow.ServicePorts;
import io.botwatch.flow.Trait;
import io.botwatch.timing.TimingWheel;
import io.botwatch.wire.KeyGroups;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Makes connections of records: joins the pieces that active timeouts cut, leaves out what a second exporter reports again,
 * folds replies into what they answer, and settles who began. Everything is decided when the watermark passes, in the order
 * of time, so that arrival does not matter.
 *
 * <p>A connection is put out twice: when it {@linkplain Output#opened begins}, which is what counts of check-ins and pairs
 * rest on, and with its {@linkplain Output#total totals} when it ends, and every hour while it goes on. Not thread-safe.
 */
public final class ConnectionTracker implements KeyGroups.State {
    static final int TCP = 6;

    /** How much later than due a conversation may be looked at, ms of event time. */
    private static final long GRAIN_MS = 1_000;

    /** Where connections go. Each flow is valid during the call only. */
    public interface Output {
        /**
         * A connection has begun. Its source is who began it; its counters are of what was seen of it within {@link
         * ConnectionSettings#settleMs} of its start.
         */
        void opened(Flow connection);

        /**
         * What a connection came to, from its first packet to the last one up to now, both directions; {@link
         * Trait#REPLY_ONLY} when it was never {@linkplain #opened put out} because only its replies
         * were seen, and at most that they were refused.
         */
        void total(Flow connection);
    }

    /** What became of the records, for counters. */
    public interface Tally {
        /** A record, of that exporter, was found to be part of a connection that was there. */
        void joined(Part part, long exporterHi, long exporterLo);

        /** So many conversations were put out early, to keep within the bounds. */
        void evicted(int conversations);
    }

    /** What a record was to the connection that was there. */
    public enum Part {
        /** Its other direction. */
        REPLY,
        /** More of a direction that was there. */
        PIECE,
        /** Another exporter's copy. */
        COPY
    }

    final ConnectionSettings settings;
    final long seed;
    final Tally tally;
    final ServicePorts servicePorts = new ServicePorts();
    final TimingWheel<Conversation> wheel = new TimingWheel<>(GRAIN_MS);

    private final ConnectionTable[] tables;
    private final int firstGroup;
    private final int maxHeldPerGroup;
    private final Output output;
    private final Flow emitted = new Flow();

    /**
     * @param firstGroup the first of the key groups
     * @param groups how many key groups are tracked here
     * @param ofGroups how many there are in all: each may hold its share of {@link ConnectionSettings#maxRecords}
     * @param seed of the hashes, so that nobody can make records that collide; any number
     */
    public ConnectionTracker(
            ConnectionSettings settings, int firstGroup, int groups, int ofGroups, long seed, Output output, Tally tally) {
        this.settings = settings;
        this.firstGroup = firstGroup;
        this.tables = new ConnectionTable[groups];
        this.maxHeldPerGroup = Math.max(2, settings.maxRecords() / ofGroups);
        this.seed = seed;
        this.output = output;
        this.tally = tally;
    }

    /**
     * Takes a record up.
     *
     * @param group its key group: the same for all records of a 5-tuple, whichever way they go
     */
    public void add(int group, Flow record) {
        table(group).add(record);
    }

    private ConnectionTable table(int group) {
        int index = group - firstGroup;
        if (tables[index] == null) {
            tables[index] = new ConnectionTable(this, maxHeldPerGroup);
        }
        return tables[index];
    }

    /**
     * Decides what can be decided now that all records up to the watermark have come.
     *
     * @return what has been put out up to: no connection that begins at this time or before will follow, epoch ms
     */
    public long advance(long watermarkMs) {
        wheel.advance(watermarkMs, conversation -> conversation.table.advance(conversation, watermarkMs));
        if (watermarkMs == Long.MAX_VALUE) {
            return watermarkMs;
        }
        long behind = settings.settleMs() + GRAIN_MS;
        return watermarkMs < Long.MIN_VALUE + behind ? Long.MIN_VALUE : watermarkMs - behind;
    }

    /** How many records and conversations are held. */
    public int held() {
        int held = 0;
        for (ConnectionTable table : tables) {
            held += table == null ? 0 : table.held();
        }
        return held;
    }

    @Override
    public boolean isEmpty(int group) {
        ConnectionTable table = tables[group - firstGroup];
        return table == null || table.held() == 0;
    }

    @Override
    public void write(int group, DataOutputView out) throws IOException {
        table(group).write(out);
    }

    @Override
    public void read(int group, DataInputView in) throws IOException {
        table(group).read(in);
    }

    void opened(Conversation conversation, int traits) {
        fill(conversation, traits);
        emitted.startMs = conversation.open.startMs;
        emitted.endMs = Math.max(emitted.startMs, emitted.endMs);
        output.opened(emitted);
    }

    void total(Conversation conversation, int traits) {
        fill(conversation, traits);
        output.total(emitted);
    }

    private void fill(Conversation conversation, int traits) {
        Connection connection = conversation.open;
        Half initiator = connection.firstBegan ? connection.there : connection.back;
        Half responder = connection.firstBegan ? connection.back : connection.there;
        Half seen = initiator != null ? initiator : responder;
        emitted.clear();
        fillEnds(conversation, emitted, connection.firstBegan);
        emitted.direction =
                connection.firstBegan ? conversation.direction : conversation.direction.reversed();
        emitted.startMs = seen.firstMs;
        emitted.endMs = seen.endMs;
        emitted.samplingRate = seen.samplingRate;
        emitted.tcpFlags = seen.tcpFlags;
        if (initiator != null) {
            emitted.bytes = initiator.bytes;
            emitted.packets = initiator.packets;
        }
        if (responder != null) {
            emitted.startMs = initiator != null && initiator.sameExporter(responder)
                    ? Math.min(emitted.startMs, responder.firstMs)
                    : emitted.startMs;
            emitted.endMs = Math.max(emitted.endMs, responder.endMs);
            emitted.reverseBytes = responder.bytes;
            emitted.reversePackets = responder.packets;
            emitted.tcpFlags |= responder.tcpFlags;
            emitted.samplingRate = Math.max(emitted.samplingRate, responder.samplingRate);
        }
        emitted.exporterHi = seen.exporterHi;
        emitted.exporterLo = seen.exporterLo;
        emitted.biflow = !conversation.oneWay;
        emitted.mayBePiece = !conversation.oneWay;
        emitted.verdict = connection.verdict;
        emitted.traits = connection.traits | traits;
    }

    /** Sets addresses, ports and protocol, from the first end to the second or the other way. */
    void fillEnds(Conversation conversation, Flow flow, boolean fromFirst) {
        flow.srcHi = fromFirst ? conversation.firstHi : conversation.secondHi;
        flow.srcLo = fromFirst ? conversation.firstLo : conversation.secondLo;
        flow.dstHi = fromFirst ? conversation.secondHi : conversation.firstHi;
        flow.dstLo = fromFirst ? conversation.secondLo : conversation.firstLo;
        flow.srcPort = fromFirst ? conversation.firstPort : conversation.secondPort;
        flow.dstPort = fromFirst ? conversation.secondPort : conversation.firstPort;
        flow.protocol = conversation.protocol;
    }
}
