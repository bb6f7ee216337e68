package io.botwatch.generate;

import io.botwatch.flow.Flow;
import java.time.LocalDate;

/**
 * Argus CSV with the columns of the CTU captures ({@code .binetflow}), times in UTC with microseconds.
 *
 * <p>Argus records both directions: a flow without the other one is written as a conversation that got no answer, its
 * state ending in an underscore ({@code FSPA_}), which is how Argus shows a one-sided tap. Label is left empty: what was
 * hostile is in the labels file.
 */
public final class BinetflowWriter implements FlowWriter {
    private static final String HEADER = "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,"
            + "TotBytes,SrcBytes,Label";
    private static final long DAY_MS = 86_400_000;
    private static final int TCP = 6;
    private static final int UDP = 17;

    /** RFC 9293 bits in the order in which Argus prints their letters. */
    private static final int[] FLAG_BITS = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80};

    private static final String FLAG_LETTERS = "FSRPAUEC";

    private long day = Long.MIN_VALUE;
    private String date;

    @Override
    public void header(LineBuffer out) {
        out.append(HEADER);
    }

    @Override
    public void write(Flow flow, long receivedMs, LineBuffer out) {
        time(flow.startMs, out);
        long durationMs = flow.endMs - flow.startMs;
        out.append(',').append(durationMs / 1_000).append('.').digits(durationMs % 1_000 * 1_000, 6);
        out.append(',');
        protocol(flow.protocol, out);
        out.append(',').address(flow.srcHi, flow.srcLo).append(',');
        port(flow, flow.srcPort, out);
        boolean answered = flow.biflow && flow.reversePackets > 0;
        out.append(flow.protocol == UDP && answered ? ",  <->," : ",   ->,");
        out.address(flow.dstHi, flow.dstLo).append(',');
        port(flow, flow.dstPort, out);
        out.append(',');
        state(flow, answered, out);
        out.append(answered ? ",0,0," : ",0,,");
        out.append(flow.packets + flow.reversePackets).append(',');
        out.append(flow.bytes + flow.reverseBytes).append(',');
        out.append(flow.bytes).append(',');
    }

    private void time(long epochMs, LineBuffer out) {
        long epochDay = Math.floorDiv(epochMs, DAY_MS);
        if (epochDay != day) {
            day = epochDay;
            date = LocalDate.ofEpochDay(epochDay).toString().replace('-', '/') + " ";
        }
        long ms = Math.floorMod(epochMs, DAY_MS);
        out.append(date).digits(ms / 3_600_000, 2).append(':').digits(ms / 60_000 % 60, 2).append(':');
        out.digits(ms / 1_000 % 60, 2).append('.').digits(ms % 1_000 * 1_000, 6);
    }

    private static void protocol(int protocol, LineBuffer out) {
        switch (protocol) {
            case 1 -> out.append("icmp");
            case 2 -> out.append("igmp");
            case TCP -> out.append("tcp");
            case UDP -> out.append("udp");
            case 47 -> out.append("gre");
            case 50 -> out.append("esp");
            case 58 -> out.append("ipv6-icmp");
            case 132 -> out.append("sctp");
            default -> out.append((long) protocol);
        }
    }

    private static void port(Flow flow, int port, LineBuffer out) {
        if (flow.protocol == TCP || flow.protocol == UDP || flow.protocol == 132) {
            out.append((long) port);
        }
    }

    private static void state(Flow flow, boolean answered, LineBuffer out) {
        if (flow.protocol == TCP) {
            flags(flow.tcpFlags, out);
            out.append('_');
            if (answered) {
                flags(flow.tcpFlags, out);
            }
        } else if (flow.protocol == 1) {
            out.append("ECO");
        } else {
            out.append(answered ? "CON" : "INT");
        }
    }

    private static void flags(int flags, LineBuffer out) {
        for (int i = 0; i < FLAG_BITS.length; i++) {
            if ((flags & FLAG_BITS[i]) != 0) {
                out.append(FLAG_LETTERS.charAt(i));
            }
        }
    }
}
