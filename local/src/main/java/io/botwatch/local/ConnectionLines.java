package io.botwatch.local;

import io.botwatch.finding.FlatView;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Trait;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.StringJoiner;

/** Connections as CSV: who began it, and what went each way. */
final class ConnectionLines {
    private static final String HEADER = "start,end,duration_s,src_ip,src_port,dst_ip,dst_port,proto,packets,bytes,"
            + "reverse_packets,reverse_bytes,tcp_flags,sampling_rate,exporter,notes\n";
    private static final String FLAGS = "FSRPAUEC";

    private final Writer out;
    private long count;

    ConnectionLines(Writer out) throws IOException {
        this.out = out;
        out.write(HEADER);
    }

    long count() {
        return count;
    }

    void write(Flow flow) throws IOException {
        count++;
        boolean exporter = (flow.exporterHi | flow.exporterLo) != 0;
        out.write(FlatView.time(flow.startMs) + ',' + FlatView.time(flow.endMs) + ','
                + String.format(Locale.ROOT, "%.3f", (flow.endMs - flow.startMs) / 1000.0) + ','
                + Address.format(flow.srcHi, flow.srcLo) + ',' + flow.srcPort + ','
                + Address.format(flow.dstHi, flow.dstLo) + ',' + flow.dstPort + ','
                + flow.protocol + ',' + flow.packets + ',' + flow.bytes + ','
                + flow.reversePackets + ',' + flow.reverseBytes + ','
                + flags(flow.tcpFlags) + ',' + flow.samplingRate + ','
                + (exporter ? Address.format(flow.exporterHi, flow.exporterLo) : "") + ','
                + notes(flow.traits) + '\n');
    }

    private static String flags(int flags) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < FLAGS.length(); bit++) {
            if ((flags & 1 << bit) != 0) {
                text.append(FLAGS.charAt(bit));
            }
        }
        return text.toString();
    }

    private static String notes(int traits) {
        StringJoiner notes = new StringJoiner(" ");
        add(notes, traits, Trait.STITCHED, "stitched");
        add(notes, traits, Trait.COPIED, "copied");
        add(notes, traits, Trait.GUESSED_INITIATOR, "guessed-initiator");
        add(notes, traits, Trait.REPLY_ONLY, "reply-only");
        add(notes, traits, Trait.NO_TCP_FLAGS, "no-tcp-flags");
        add(notes, traits, Trait.EVICTED, "evicted");
        return notes.toString();
    }

    private static void add(StringJoiner notes, int traits, int trait, String name) {
        if ((traits & trait) != 0) {
            notes.add(name);
        }
    }
}
