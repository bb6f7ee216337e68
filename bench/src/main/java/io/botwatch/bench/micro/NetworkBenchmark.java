package io.botwatch.bench.micro;

import io.botwatch.flow.Address;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkSet;
import io.botwatch.rules.RulesDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whether an address is in a set of networks. */
@State(Scope.Thread)
public class NetworkBenchmark {
    private static final int MANY = 1_000_000;
    private static final int ASKED = 1 << 16;

    /** The internal networks of the shipped rules, or a list of a million. */
    public enum Networks {
        INTERNAL,
        MILLION
    }

    @Param
    public Networks networks;

    private NetworkSet set;

    /** Of IPv4; every other one lies in the set. */
    private final long[] asked = new long[ASKED];

    private int at;

    @Setup
    public void open() {
        SplittableRandom random = new SplittableRandom(1);
        set = networks == Networks.INTERNAL ? RulesDocument.preset("enterprise").internal() : many(random);
        for (int i = 0; i < ASKED; i++) {
            do {
                asked[i] = Address.v4(random.nextInt() & Integer.MAX_VALUE);
                // Private space is small: an address at random is hardly ever in it.
                if (i % 2 == 0 && networks == Networks.INTERNAL) {
                    asked[i] = Address.v4(10 << 24 | random.nextInt(1 << 24));
                }
            } while (set.contains(0, asked[i]) != (i % 2 == 0));
        }
    }

    /** Scattered over half of the space. */
    private static NetworkSet many(SplittableRandom random) {
        List<Network> list = new ArrayList<>(MANY);
        for (int i = 0; i < MANY; i++) {
            list.add(Network.parse(random.nextInt(128) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                    + 8 * random.nextInt(32) + "/29"));
        }
        return NetworkSet.of(list);
    }

    @Benchmark
    public boolean contains() {
        at = at + 1 & ASKED - 1;
        return set.contains(0, asked[at]);
    }
}
