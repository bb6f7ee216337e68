package io.botwatch.network;

import io.botwatch.flow.Address;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * Membership by longest prefix: an address is in the set when the longest listed prefix that covers it is an included one. An
 * entry may cease to count at an event time.
 *
 * <p>Prefixes are flattened into disjoint sorted ranges at construction, so that a lookup is one binary search: of IPv4 8 bytes
 * a range, of IPv6 32, and 8 more where any entry expires. Among many of IPv4 it begins within the address's /16, for 256 kB more.
 * Immutable.
 */
public final class NetworkSet implements Serializable {
    /** An entry that counts before {@code untilMs}, epoch ms; {@link #ALWAYS} for one that does not expire. */
    public record Entry(Network network, long untilMs) {}

    public static final long ALWAYS = Long.MAX_VALUE;

    public static final NetworkSet NONE = of(List.of());

    /** Fewer are searched whole. */
    private static final int MANY = 1_024;

    private static final int BLOCKS = 1 << 16;

    private static final Address FIRST_V4 = new Address(0, Address.v4(0));
    private static final Address LAST_V4 = new Address(0, Address.v4(-1));

    /** Both ends of a range, inclusive. */
    private record Range(Address first, Address last, long untilMs) {}

    private final int[] firstV4;
    private final int[] lastV4;
    private final long[] firstHi;
    private final long[] firstLo;
    private final long[] lastHi;
    private final long[] lastLo;

    /** How many ranges of IPv4 begin before each /16, and in all; null where there are not many. */
    private final int[] beforeBlock;

    /** Of the ranges of IPv4, then of the others; null where none expires. */
    private final long[] untilMs;

    /** @param ranges disjoint, in order */
    private NetworkSet(List<Range> ranges) {
        List<Range> v4 = new ArrayList<>();
        List<Range> others = new ArrayList<>();
        ranges.forEach(range -> split(range, v4, others));
        int n = v4.size();
        firstV4 = new int[n];
        lastV4 = new int[n];
        for (int i = 0; i < n; i++) {
            firstV4[i] = (int) v4.get(i).first.lo;
            lastV4[i] = (int) v4.get(i).last.lo;
        }
        beforeBlock = n < MANY ? null : beforeBlocks(firstV4);
        int m = others.size();
        firstHi = new long[m];
        firstLo = new long[m];
        lastHi = new long[m];
        lastLo = new long[m];
        for (int i = 0; i < m; i++) {
            firstHi[i] = others.get(i).first.hi;
            firstLo[i] = others.get(i).first.lo;
            lastHi[i] = others.get(i).last.hi;
            lastLo[i] = others.get(i).last.lo;
        }
        boolean expire = ranges.stream().anyMatch(range -> range.untilMs != ALWAYS);
        untilMs = expire
                ? Stream.concat(v4.stream(), others.stream()).mapToLong(Range::untilMs).toArray()
                : null;
    }

    private static int[] beforeBlocks(int[] firstV4) {
        int[] before = new int[BLOCKS + 1];
        int at = 0;
        for (int block = 0; block < BLOCKS; block++) {
            while (at < firstV4.length && firstV4[at] >>> 16 < block) {
                at++;
            }
            before[block] = at;
        }
        before[BLOCKS] = firstV4.length;
        return before;
    }

    /** A range of the whole space may reach over that of IPv4, which has its own arrays. */
    private static void split(Range range, List<Range> v4, List<Range> others) {
        if (range.last.compareTo(FIRST_V4) < 0 || range.first.compareTo(LAST_V4) > 0) {
            others.add(range);
            return;
        }
        if (range.first.compareTo(FIRST_V4) < 0) {
            others.add(new Range(range.first, before(FIRST_V4), range.untilMs));
        }
        v4.add(new Range(
                range.first.compareTo(FIRST_V4) < 0 ? FIRST_V4 : range.first,
                range.last.compareTo(LAST_V4) > 0 ? LAST_V4 : range.last,
                range.untilMs));
        if (range.last.compareTo(LAST_V4) > 0) {
            others.add(new Range(after(LAST_V4), range.last, range.untilMs));
        }
    }

    /** A network that others may lie in, while its range is given out piece by piece. */
    private static final class Outer {
        /** Where the next piece begins; null when nothing is left. */
        Address next;

        final Address last;
        final long untilMs;

        Outer(Entry entry) {
            next = new Address(entry.network.hi(), entry.network.lo());
            last = entry.network.last();
            untilMs = entry.untilMs;
        }
    }

    /** Of networks that nest, the one that counts longest counts. */
    public static NetworkSet expiring(List<Entry> entries) {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparing((Entry entry) -> new Address(entry.network.hi(), entry.network.lo()))
                .thenComparingInt(entry -> entry.network.bits()));
        List<Range> ranges = new ArrayList<>();
        Deque<Outer> open = new ArrayDeque<>();
        for (Entry entry : sorted) {
            Outer inner = new Outer(entry);
            closeBefore(inner.next, open, ranges);
            Outer around = open.peek();
            if (around != null && around.untilMs >= inner.untilMs) {
                continue;
            }
            if (around != null && around.next.compareTo(inner.next) < 0) {
                ranges.add(new Range(around.next, before(inner.next), around.untilMs));
            }
            open.push(inner);
        }
        closeBefore(null, open, ranges);
        return new NetworkSet(ranges);
    }

    /** Gives out what ends before an address, or all for null; what lies around it goes on behind it. */
    private static void closeBefore(Address address, Deque<Outer> open, List<Range> ranges) {
        while (!open.isEmpty() && (address == null || open.peek().last.compareTo(address) < 0)) {
            Outer ended = open.pop();
            if (ended.next != null) {
                ranges.add(new Range(ended.next, ended.last, ended.untilMs));
            }
            if (!open.isEmpty()) {
                open.peek().next = ended.last.equals(open.peek().last) ? null : after(ended.last);
            }
        }
    }

    public static NetworkSet of(List<Network> included) {
        return of(included, List.of());
    }

    /** @param excluded prefixes that are out, unless a longer included prefix covers the address; a tie is out */
    public static NetworkSet of(List<Network> included, List<Network> excluded) {
        if (excluded.isEmpty()) {
            return new NetworkSet(always(outermost(included)));
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
        return new NetworkSet(always(ranges));
    }

    private static List<Range> always(List<Address[]> ranges) {
        return ranges.stream().map(range -> new Range(range[0], range[1], ALWAYS)).toList();
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

    /** Whether it is in the set, whether or not its entry expires one day. */
    public boolean contains(long hi, long lo) {
        return find(hi, lo) >= 0;
    }

    public boolean contains(Address address) {
        return contains(address.hi, address.lo);
    }

    /** @param atMs event time, epoch ms */
    public boolean contains(long hi, long lo, long atMs) {
        int range = find(hi, lo);
        return range >= 0 && (untilMs == null || atMs < untilMs[range]);
    }

    /** How many ranges there are. */
    public int size() {
        return firstV4.length + firstHi.length;
    }

    /** Index of the range, of IPv4 first; negative for none. */
    private int find(long hi, long lo) {
        if (Address.isV4(hi, lo)) {
            return findV4((int) lo);
        }
        int from = 0;
        int to = firstHi.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (Address.compare(hi, lo, firstHi[middle], firstLo[middle]) < 0) {
                to = middle - 1;
            } else if (Address.compare(hi, lo, lastHi[middle], lastLo[middle]) > 0) {
                from = middle + 1;
            } else {
                return firstV4.length + middle;
            }
        }
        return -1;
    }

    private int findV4(int address) {
        int block = address >>> 16;
        // The last range that begins before the block may reach into it.
        int from = beforeBlock == null ? 0 : Math.max(0, beforeBlock[block] - 1);
        int to = beforeBlock == null ? firstV4.length - 1 : beforeBlock[block + 1] - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            if (Integer.compareUnsigned(address, firstV4[middle]) < 0) {
                to = middle - 1;
            } else if (Integer.compareUnsigned(address, lastV4[middle]) > 0) {
                from = middle + 1;
            } else {
                return middle;
            }
        }
        return -1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NetworkSet that
                && Arrays.equals(firstV4, that.firstV4)
                && Arrays.equals(lastV4, that.lastV4)
                && Arrays.equals(firstHi, that.firstHi)
                && Arrays.equals(firstLo, that.firstLo)
                && Arrays.equals(lastHi, that.lastHi)
                && Arrays.equals(lastLo, that.lastLo)
                && Arrays.equals(untilMs, that.untilMs);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(firstV4) + Arrays.hashCode(firstLo);
    }

    @Override
    public String toString() {
        return size() + " ranges";
    }
}
