package io.botwatch.ruletest;

import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.network.Network;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Flows that differ in nothing but their time and, where an end is a network, in the address within it: what a case says of the
 * traffic that it is about.
 *
 * @param src source; of a network its first addresses one after the other, over and over
 * @param dst destination, likewise
 * @param protocol IANA number
 * @param atMs start of the first after the case's own, ms
 * @param everyMs from one start to the next, ms
 * @param jitterMs a start may be later by up to this, ms
 * @param answered whether connections come about; else each is one packet that nobody answers
 */
record FlowSeries(
        Network src,
        Network dst,
        int dstPort,
        int protocol,
        long atMs,
        long everyMs,
        long jitterMs,
        int times,
        long durationMs,
        long packets,
        long bytes,
        boolean answered) {
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);
    private static final int MAX_TIMES = 1_000_000;
    private static final int MAX_COUNT = 1_000_000_000;
    private static final int ALL_FLAGS = 0x1B;
    private static final int SYN = 0x02;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int FIRST_EPHEMERAL = 49_152;
    private static final int EPHEMERAL = 16_384;
    private static final Address EXPORTER = Address.parse("192.0.2.1");

    static FlowSeries read(Section section, Problems problems) {
        section.allow("src", "dst", "dst_port", "proto", "at", "every", "jitter", "times", "duration", "packets", "bytes", "answered");
        boolean udp = "udp".equals(section.choice("proto", false, List.of("tcp", "udp")));
        return new FlowSeries(
                network(section, "src"),
                network(section, "dst"),
                section.count("dst_port", 0, 65_535),
                udp ? UDP : TCP,
                duration(section, "at", 0),
                duration(section, "every", 1_000),
                duration(section, "jitter", 0),
                section.has("times") ? section.count("times", 1, MAX_TIMES) : 1,
                duration(section, "duration", 200),
                section.has("packets") ? section.count("packets", 1, MAX_COUNT) : 8,
                section.has("bytes") ? section.count("bytes", 1, MAX_COUNT) : 1_000,
                !"false".equals(section.choice("answered", false, List.of("true", "false"))));
    }

    private static long duration(Section section, String key, long byDefaultMs) {
        return section.has(key) ? section.durationMs(key, 0, 31 * DAY_MS) : byDefaultMs;
    }

    private static Network network(Section section, String key) {
        try {
            return Network.parse(section.text(key, 60));
        } catch (IllegalArgumentException e) {
            section.problem(key, e.getMessage());
            return new Network(0, 0, 128);
        }
    }

    /** The flow that is handed on is reused. */
    void each(long startMs, SplittableRandom random, Consumer<Flow> consumer) {
        Flow flow = new Flow();
        for (int i = 0; i < times; i++) {
            flow.startMs = startMs + atMs + i * everyMs + (jitterMs == 0 ? 0 : random.nextLong(jitterMs));
            flow.endMs = flow.startMs + (answered ? durationMs : 0);
            flow.srcHi = src.hi();
            flow.srcLo = src.lo() | within(src, i);
            flow.dstHi = dst.hi();
            flow.dstLo = dst.lo() | within(dst, i);
            flow.srcPort = FIRST_EPHEMERAL + i % EPHEMERAL;
            flow.dstPort = dstPort;
            flow.protocol = protocol;
            flow.packets = answered ? packets : 1;
            flow.bytes = answered ? bytes : 60;
            flow.tcpFlags = protocol != TCP ? 0 : answered ? ALL_FLAGS : SYN;
            flow.exporterHi = EXPORTER.hi;
            flow.exporterLo = EXPORTER.lo;
            consumer.accept(flow);
        }
    }

    private static long within(Network network, int i) {
        int free = Math.min(20, 128 - network.bits());
        return i & (1L << free) - 1;
    }
}
