package io.botwatch.evaluate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.Decoded;
import io.botwatch.ingest.InputFormat;
import io.botwatch.ingest.RecordReader;
import io.botwatch.ingest.Treatment;
import io.botwatch.network.NetworkSet;
import io.botwatch.source.FilePlan;
import io.botwatch.source.RecordDecoding;
import io.botwatch.source.TimeRange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What rates are made of: how many flows a capture has, of how many internal hosts, over how long. */
final class CaptureSurvey {
    private final NetworkSet internal;
    private final Set<Address> hosts = new HashSet<>();
    private final Map<Address, Long> firstMs = new HashMap<>();
    private long flows;
    private long fromMs = Long.MAX_VALUE;
    private long toMs = Long.MIN_VALUE;

    private CaptureSurvey(NetworkSet internal) {
        this.internal = internal;
    }

    static CaptureSurvey of(List<Path> files, NetworkSet internal) throws IOException {
        CaptureSurvey survey = new CaptureSurvey(internal);
        for (Path file : files) {
            InputFormat format = InputFormat.of(FilePlan.detect(file).format(), ZoneOffset.UTC);
            RecordDecoding decoding = new RecordDecoding(format.newDecoder(), TimeRange.ALL, Treatment.DEFAULT);
            try (RecordReader reader = new RecordReader(RecordReader.open(file), format.format())) {
                while (reader.next()) {
                    decoding.decode(reader.bytes(), reader.from(), reader.to(), "", 0, survey::take);
                }
            }
        }
        return survey;
    }

    private void take(Decoded decoded) {
        if (!decoded.isFlow()) {
            return;
        }
        Flow flow = decoded.flow;
        flows++;
        fromMs = Math.min(fromMs, flow.startMs);
        toMs = Math.max(toMs, flow.startMs);
        Address src = new Address(flow.srcHi, flow.srcLo);
        Address dst = new Address(flow.dstHi, flow.dstLo);
        if (internal.contains(src)) {
            // Whoever is only called may not be there at all.
            hosts.add(src);
        }
        firstMs.merge(src, flow.startMs, Math::min);
        firstMs.merge(dst, flow.startMs, Math::min);
    }

    long flows() {
        return flows;
    }

    /** Internal hosts that sent something. */
    int hosts() {
        return hosts.size();
    }

    /** At least a minute. */
    double hours() {
        return Math.max(60_000, toMs - fromMs) / 3_600_000.0;
    }

    double hostDays() {
        return hosts.size() * hours() / 24;
    }

    /** Start of its first flow, epoch ms. */
    long firstMs(Address host) {
        return firstMs.getOrDefault(host, fromMs);
    }
}
