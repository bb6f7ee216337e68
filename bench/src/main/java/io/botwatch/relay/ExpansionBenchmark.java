package io.botwatch.relay;

import io.botwatch.flow.Address;
import io.botwatch.flow.Endpoint;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The pairs of a busy host's sources and targets, a pair an operation. */
@State(Scope.Thread)
public class ExpansionBenchmark {
    private static final int PEERS = 100;
    private static final long WINDOW_MS = 300_000;

    private RelayDigest in;
    private RelayDigest out;

    @Setup
    public void open() {
        in = RelayDigest.of(partial(false, 1), Map.of());
        out = RelayDigest.of(partial(true, 10), Map.of());
        int[] pairs = {0};
        RelayDigest.expand(in, out, WINDOW_MS, pair -> pairs[0]++);
        if (pairs[0] != PEERS * PEERS) {
            throw new IllegalStateException(pairs[0] + " pairs");
        }
    }

    private static RelayPartial partial(boolean outbound, long bucket) {
        RelayPartial partial = new RelayPartial();
        partial.hostLo = Address.parse("10.0.0.7").lo;
        partial.outbound = outbound;
        partial.bucket = bucket;
        for (int i = 0; i < PEERS; i++) {
            Endpoint peer = new Endpoint(0, Address.v4((outbound ? 198 : 203) << 24 | i), outbound ? 443 : 0);
            partial.add(peer, new long[] {bucket * RelayPartial.BUCKET_MS + i});
        }
        return partial;
    }

    @Benchmark
    @OperationsPerInvocation(PEERS * PEERS)
    public void expand(Blackhole pairs) {
        RelayDigest.expand(in, out, WINDOW_MS, pairs::consume);
    }
}
