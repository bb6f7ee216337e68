package io.botwatch.exception;

import io.botwatch.finding.Finding;
import io.botwatch.flow.Address;
import io.botwatch.network.Network;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * All exceptions, and the one that counts for a finding: of those that match and have not expired the most specific, that is
 * with the longest prefixes together, then with ports, then with rules; then by action and id. Immutable.
 *
 * <p>Each entry lies under its narrowest networks, so that a finding meets a few of a hundred thousand.
 */
public final class Exceptions implements Serializable {
    public static final Exceptions NONE = new Exceptions(List.of());

    private static final Comparator<Ranked> MOST_SPECIFIC = Comparator.comparingInt(Ranked::specificity)
            .reversed()
            .thenComparing(ranked -> ranked.entry.action())
            .thenComparing(ranked -> ranked.entry.id());

    /** @param specificity of its match with one finding */
    private record Ranked(ExceptionEntry entry, int specificity) {}

    /**
     * @param entry the one that counts; null for none
     * @param expired whether one that has expired would have matched where none counts
     */
    public record Match(ExceptionEntry entry, boolean expired) {
        static final Match NONE = new Match(null, false);
    }

    /** Which address of a finding a network is compared with. */
    private enum End {
        SOURCE,
        DESTINATION,
        HOST;

        Address of(Finding finding) {
            return switch (this) {
                case SOURCE -> finding.src;
                case DESTINATION -> finding.dst;
                case HOST -> finding.host();
            };
        }

        List<Network> of(ExceptionEntry entry) {
            return switch (this) {
                case SOURCE -> entry.sources();
                case DESTINATION -> entry.destinations();
                case HOST -> entry.hosts();
            };
        }
    }

    /** Entries by one of their networks. */
    private static final class ByNetwork {
        private final Map<Network, List<ExceptionEntry>> entries = new HashMap<>();

        /** Prefix lengths that occur. */
        private final NavigableSet<Integer> lengths = new TreeSet<>();

        void put(Network network, ExceptionEntry entry) {
            entries.computeIfAbsent(network, n -> new ArrayList<>(1)).add(entry);
            lengths.add(network.bits());
        }

        void collect(Address address, List<ExceptionEntry> into) {
            if (address == null) {
                return;
            }
            for (int bits : lengths) {
                into.addAll(entries.getOrDefault(Network.of(address, bits), List.of()));
            }
        }
    }

    /** Only the entries travel: the rest follows from them. */
    private record Shipped(List<ExceptionEntry> entries) implements Serializable {
        private Object readResolve() {
            return new Exceptions(entries);
        }
    }

    private final List<ExceptionEntry> entries;
    private final ByNetwork[] indexes = {new ByNetwork(), new ByNetwork(), new ByNetwork()};
    private final List<ExceptionEntry> withoutNetworks = new ArrayList<>();

    public Exceptions(List<ExceptionEntry> entries) {
        this.entries = List.copyOf(entries);
        for (ExceptionEntry entry : this.entries) {
            index(entry);
        }
    }

    private void index(ExceptionEntry entry) {
        End narrowest = null;
        int longest = -1;
        for (End end : End.values()) {
            // By the widest of its networks: one wide network would meet many findings.
            int bits = end.of(entry).stream().mapToInt(Network::bits).min().orElse(-1);
            if (bits > longest) {
                longest = bits;
                narrowest = end;
            }
        }
        if (narrowest == null) {
            withoutNetworks.add(entry);
            return;
        }
        for (Network network : narrowest.of(entry)) {
            indexes[narrowest.ordinal()].put(network, entry);
        }
    }

    private Object writeReplace() {
        return new Shipped(entries);
    }

    /** In the order of the document. */
    public List<ExceptionEntry> entries() {
        return entries;
    }

    /** By the finding's event time. */
    public Match match(Finding finding) {
        if (entries.isEmpty()) {
            return Match.NONE;
        }
        List<ExceptionEntry> near = new ArrayList<>(withoutNetworks);
        for (End end : End.values()) {
            indexes[end.ordinal()].collect(end.of(finding), near);
        }
        Ranked best = null;
        boolean expired = false;
        for (ExceptionEntry entry : near) {
            int specificity = entry.matchesBesideNetworks(finding) ? specificity(entry, finding) : -1;
            if (specificity < 0) {
                continue;
            }
            if (finding.timeMs >= entry.expiresMs()) {
                expired = true;
                continue;
            }
            Ranked ranked = new Ranked(entry, specificity);
            if (best == null || MOST_SPECIFIC.compare(ranked, best) < 0) {
                best = ranked;
            }
        }
        return best == null ? (expired ? new Match(null, true) : Match.NONE) : new Match(best.entry, false);
    }

    /** Negative when the networks do not match. */
    private static int specificity(ExceptionEntry entry, Finding finding) {
        int bits = 0;
        for (End end : End.values()) {
            List<Network> networks = end.of(entry);
            if (networks.isEmpty()) {
                continue;
            }
            int longest = longestMatch(networks, end.of(finding));
            if (longest < 0) {
                return -1;
            }
            bits += longest;
        }
        // A prefix bit counts for more than ports and rules together.
        return 4 * bits + (entry.ports().isEmpty() ? 0 : 2) + (entry.rules().isEmpty() ? 0 : 1);
    }

    private static int longestMatch(List<Network> networks, Address address) {
        int longest = -1;
        if (address != null) {
            for (Network network : networks) {
                if (network.contains(address.hi, address.lo)) {
                    longest = Math.max(longest, network.bits());
                }
            }
        }
        return longest;
    }
}
