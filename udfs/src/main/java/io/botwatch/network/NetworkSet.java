package io.botwatch.network;

import io.botwatch.flow.Address;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Membership by longest prefix: an address is in the set when the longest listed prefix that covers it is an included one.
 *
 * <p>Prefixes are flattened into disjoint sorted ranges at construction, so that a lookup is one binary search.
 */
public final class NetworkSet implements Serializable {
    private final long[] firstHi;
    private final long[] firstLo;
    private final long[] lastHi;
    private final long[] lastLo;

    private NetworkSet(List<Address[]> ranges) {
        int n = ranges.size();
        firstHi = new long[n];
        firstLo = new long[n];
        lastHi = new long[n];
        lastLo = new long[n];
        for (int i = 0; i < n; i++) {
            firstHi[i] = ranges.get(i)[0].hi;
            firstLo[i] = ranges.get(i)[0].lo;
            lastHi[i] = ranges.get(i)[1].hi;
            lastLo[i] = ranges.get(i)[1].lo;
        }
    }

    public static NetworkSet of(List<Network> included) {
        return of(included, List.of());
    }

    /** @param excluded prefixes that are out, unless a longer included prefix covers the address; a tie is out */
    public static NetworkSet of(List<Network> included, List<Network> excluded) {
        if (excluded.isEmpty()) {
            return new NetworkSet(outermost(included));
        }
        record Rule(Network network, boolean in) {}
        List<Rule> rules = new ArrayList<>();
        included.forEach(network -> rules.add(new Rule(network, true)));
        excluded.forEach(network -> rules.add(new Rule(network, false)));
        // Shortest prefix first, so that longer ones paint over it; on a tie the exclusion comes last.
        rules.sort(Comparator.comparingInt((Rule rule) -> rule.network.bits()).thenComparing(rule -> !rule.in));
        List<Address[]> ranges = new ArrayList<>();
        for (Rule rule : rules) {
            Address first = new Address(rule.network.hi(), rule.network.lo());
            Address last = rule.network.last();
            ranges = cut(ranges, first, last);
            if (rule.in) {
                ranges.add(new Address[] {first, last});
            }
        }
        ranges.sort(Comparator.comparing(range -> range[0]));
        return new NetworkSet(ranges);
    }

    /** The prefixes that no other covers: prefixes nest or are disjoint, so sorting is enough for a million of them. */
    private static List<Address[]> outermost(List<Network> networks) {
        List<Address[]> ranges = new ArrayList<>();
        List<Network> sorted = new ArrayList<>(networks);
        sorted.sort(Comparator.comparing((Network network) -> new Address(network.hi(), network.lo()))
                .thenComparingInt(Network::bits));
        Address end = null;
        for (Network network : sorted) {
            Address first = new Address(network.hi(), network.lo());
            if (end == null || first.compareTo(end) > 0) {
                end = network.last();
                ranges.add(new Address[] {first, end});
            }
        }
        return ranges;
    }

    private static List<Address[]> cut(List<Address[]> ranges, Address first, Address last) {
        List<Address[]> left = new ArrayList<>();
        for (Address[] range : ranges) {
            if (range[1].compareTo(first) < 0 || range[0].compareTo(last) > 0) {
                left.add(range);
                continue;
            }
            if (range[0].compareTo(first) < 0) {
                left.add(new Address[] {range[0], before(first)});
            }
            if (range[1].compareTo(last) > 0) {
                left.add(new Address[] {after(last), range[1]});
            }
        }
        return left;
    }

    private static Address before(Address a) {
        return new Address(a.lo == 0 ? a.hi - 1 : a.hi, a.lo - 1);
    }

    private static Address after(Address a) {
        return new Address(a.lo == -1L ? a.hi + 1 : a.hi, a.lo + 1);
    }

    public boolean contains(long hi, long lo) {
        int from = 0;
        int to = firstHi.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (Address.compare(hi, lo, firstHi[middle], firstLo[middle]) < 0) {
                to = middle - 1;
            } else if (Address.compare(hi, lo, lastHi[middle], lastLo[middle]) > 0) {
                from = middle + 1;
            } else {
                return true;
            }
        }
        return false;
    }

    public boolean contains(Address address) {
        return contains(address.hi, address.lo);
    }
}
