package io.botwatch.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NetworkSetTest {

    @Test
    void membershipIsThatOfTheLongestPrefix() {
        int inside = 0;
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Network> included = networks(random);
            List<Network> excluded = networks(random);
            if (random.nextBoolean() && !included.isEmpty()) {
                excluded.add(included.get(random.nextInt(included.size()))); // a tie
            }
            NetworkSet set = NetworkSet.of(included, excluded);
            List<Network> all = new ArrayList<>(included);
            all.addAll(excluded);
            for (int i = 0; i < 200; i++) {
                Address address = address(random, all);
                boolean expected = longestIsIncluded(address, included, excluded);
                assertThat(set.contains(address))
                        .as("seed %d: %s in %s but %s", seed, address, included, excluded)
                        .isEqualTo(expected);
                inside += expected ? 1 : 0;
            }
        }
        assertThat(inside).isBetween(20_000, 80_000);
    }

    @Test
    void anEntryCountsUntilItExpiresAndOfNestedOnesTheLastToExpire() {
        int held = 0;
        for (long seed = 1_000; seed < 1_500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<NetworkSet.Entry> entries = new ArrayList<>();
            networks(random).forEach(network -> entries.add(
                    new NetworkSet.Entry(network, random.nextInt(3) == 0 ? NetworkSet.ALWAYS : random.nextInt(10))));
            NetworkSet set = NetworkSet.expiring(entries);
            List<Network> all = entries.stream().map(NetworkSet.Entry::network).toList();
            for (int i = 0; i < 200; i++) {
                Address address = address(random, all);
                long atMs = random.nextInt(12);
                boolean expected = entries.stream()
                        .anyMatch(entry -> entry.network().contains(address.hi, address.lo) && atMs < entry.untilMs());
                assertThat(set.contains(address.hi, address.lo, atMs))
                        .as("seed %d: %s at %d in %s", seed, address, atMs, entries)
                        .isEqualTo(expected);
                held += expected ? 1 : 0;
            }
        }
        assertThat(held).isBetween(20_000, 90_000);
    }

    /** Large sets are searched from within a block of addresses. */
    @Test
    void membershipInALargeSetIsThatOfAnyOfItsNetworks() {
        SplittableRandom random = new SplittableRandom(77);
        List<Network> networks = new ArrayList<>();
        Set<Network> listed = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            int bits = 96 + (i < 20 ? 8 + random.nextInt(10) : 20 + random.nextInt(13));
            networks.add(Network.of(new Address(0, Address.v4(random.nextInt())), bits));
        }
        listed.addAll(networks);
        NetworkSet set = NetworkSet.of(networks);
        int inside = 0;
        for (int i = 0; i < 100_000; i++) {
            Address address = i % 2 == 0
                    ? new Address(0, Address.v4(random.nextInt()))
                    : edge(networks.get(random.nextInt(networks.size())), random);
            boolean expected = false;
            for (int bits = 96; bits <= 128; bits++) {
                expected |= listed.contains(Network.of(address, bits));
            }
            assertThat(set.contains(address)).as("%s", address).isEqualTo(expected);
            inside += expected ? 1 : 0;
        }
        assertThat(inside).isBetween(30_000, 90_000);
    }

    /** The first or last address of a network, or the one before or behind it. */
    private static Address edge(Network network, SplittableRandom random) {
        int address = random.nextBoolean() ? (int) network.lo() : (int) network.last().lo;
        return new Address(0, Address.v4(address + random.nextInt(3) - 1));
    }

    @Test
    void anEmptySetHoldsNothingAndTheWholeSpaceEverything() {
        Address[] edges = {new Address(0, 0), new Address(-1, -1), Address.parse("0.0.0.0"), Address.parse("255.255.255.255")};
        for (Address edge : edges) {
            assertThat(NetworkSet.of(List.of()).contains(edge)).isFalse();
            assertThat(NetworkSet.of(List.of(Network.parse("::/0"))).contains(edge)).isTrue();
            assertThat(NetworkSet.of(List.of(Network.parse("::/0")), List.of(Network.parse("::/0"))).contains(edge)).isFalse();
        }
    }

    @Test
    void aLongerPrefixWinsEitherWay() {
        NetworkSet set = NetworkSet.of(
                List.of(Network.parse("10.0.0.0/8"), Network.parse("10.1.2.0/24")), List.of(Network.parse("10.1.0.0/16")));
        assertThat(set.contains(Address.parse("10.0.255.255"))).isTrue();
        assertThat(set.contains(Address.parse("10.1.1.255"))).isFalse();
        assertThat(set.contains(Address.parse("10.1.2.0"))).isTrue();
        assertThat(set.contains(Address.parse("10.1.2.255"))).isTrue();
        assertThat(set.contains(Address.parse("10.1.3.0"))).isFalse();
        assertThat(set.contains(Address.parse("10.2.0.0"))).isTrue();
        assertThat(set.contains(Address.parse("::10.0.0.1"))).isFalse();
    }

    private static boolean longestIsIncluded(Address address, List<Network> included, List<Network> excluded) {
        int in = longest(address, included);
        return in >= 0 && in > longest(address, excluded);
    }

    private static int longest(Address address, List<Network> networks) {
        return networks.stream()
                .filter(network -> network.contains(address.hi, address.lo))
                .mapToInt(Network::bits)
                .max()
                .orElse(-1);
    }

    /** Prefixes of both families that often nest, since few high bits vary. */
    private static List<Network> networks(SplittableRandom random) {
        List<Network> networks = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            boolean v4 = random.nextBoolean();
            int bits = v4 ? 96 + random.nextInt(33) : random.nextInt(129);
            Address address = v4
                    ? new Address(0, Address.v4(10 << 24 | random.nextInt(4) << 22 | random.nextInt(4) << 8 | random.nextInt(4)))
                    : new Address(0xFC00L << 48 | random.nextInt(4), (long) random.nextInt(4) << 62 | random.nextInt(4));
            long hi = bits >= 64 ? address.hi : bits == 0 ? 0 : address.hi >>> (64 - bits) << (64 - bits);
            long lo = bits <= 64 ? 0 : address.lo >>> (128 - bits) << (128 - bits);
            networks.add(new Network(hi, lo, bits));
        }
        return networks;
    }

    /** Most often the first or the last of a prefix, or next to it. */
    private static Address address(SplittableRandom random, List<Network> networks) {
        if (networks.isEmpty() || random.nextInt(10) == 0) {
            return random.nextBoolean()
                    ? new Address(0, Address.v4(random.nextInt()))
                    : new Address(random.nextLong(), random.nextLong());
        }
        Network network = networks.get(random.nextInt(networks.size()));
        Address edge = random.nextBoolean() ? new Address(network.hi(), network.lo()) : network.last();
        long lo = edge.lo + random.nextInt(-1, 2);
        return new Address(edge.hi, lo);
    }
}
