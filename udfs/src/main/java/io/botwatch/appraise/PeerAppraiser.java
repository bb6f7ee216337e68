package io.botwatch.appraise;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Weighs what goes on between a host and an external peer by how many internal hosts have to do with that peer, and since
 * when. Regular contact alone proves little: nearly all of it is benign, and nearly all of that goes to peers that many
 * talk to, or to services that poll.
 */
public final class PeerAppraiser implements Appraiser {
    /** From this share of internal hosts on, a peer is not rare at all. */
    private static final double COMMON = 0.5;

    /** From so many internal hosts on, a peer on a usual service's port is one that the house uses. */
    private static final int POPULAR_HOSTS = 5;

    /** On another port they must be this share of all, too: so many may be infected. */
    private static final double POPULAR = 0.2;

    private static final double CRITICAL = 0.9;

    /** So much must be known of the time before, for a peer to count as new. */
    private static final long HISTORY_MS = TimeUnit.DAYS.toMillis(1);

    @Override
    public boolean wants(Candidate candidate) {
        Finding.Type type = candidate.finding.type;
        return candidate.isWeighed() && (type == Finding.Type.BEACON || type == Finding.Type.LONG_CONNECTION);
    }

    @Override
    public Address subject(Candidate candidate) {
        return candidate.peer;
    }

    /**
     * How rare a peer is, 0 to 1: by the share of internal hosts that have to do with it. One that only one host knows is
     * as rare as can be, however few hosts there are.
     */
    static double rarity(long hosts, long population) {
        return hosts <= 1 ? 1 : 1 - Math.min(1, share(hosts, population) / COMMON);
    }

    /** 0 as long as it is not told how many there are. */
    private static double share(long hosts, long population) {
        return population == 0 ? 0 : Math.min(1, (double) hosts / population);
    }

    @Override
    public boolean appraise(Candidate candidate, Acquaintance known, Surroundings surroundings) {
        if (candidate.signal == Candidate.Signal.ENDED) {
            return true;
        }
        Finding finding = candidate.finding;
        long hosts = known == null ? 1 : Math.max(1, known.others());
        Severity most = candidate.ceiling;
        if (!Double.isNaN(finding.score)) {
            finding.score = rounded(Math.min(1, finding.score + candidate.rarityWeight * rarity(hosts, surroundings.population())));
            finding.severity = ofScore(finding.score);
        }
        boolean isNew = known != null && isNew(known, surroundings.completeSinceMs());
        UsualService service = UsualService.of(finding.dstPort);
        if (candidate.suspect) {
            finding.notes.add("the destination is on a list of suspects");
        }
        boolean usual = !isNew && !candidate.suspect;
        if (usual
                && hosts >= POPULAR_HOSTS
                && (service != null || share(hosts, surroundings.population()) >= POPULAR)) {
            return false; // a service that the house uses
        }
        if (service != null && usual && !Double.isNaN(finding.score)) {
            boolean answered = most.compareTo(Severity.MEDIUM) > 0;
            Severity cap = hosts == 1 && answered && finding.score >= CRITICAL ? Severity.MEDIUM : Severity.LOW;
            most = most.atMost(cap);
            finding.notes.add(cap.label() + " at most: a cadence on a port of " + service.label() + " is usual, and nothing else"
                    + " speaks against the destination");
        }
        finding.severity = finding.severity.atMost(most);
        finding.measure("internal_hosts", hosts);
        finding.message += String.format(
                Locale.ROOT,
                " %s internal host%s it%s.",
                hosts,
                hosts == 1 ? " talks to" : "s talk to",
                isNew ? ", which nobody did in the day before" : "");
        if (!surroundings.names().isEmpty()) {
            finding.measure("resolved_names", String.join(" ", surroundings.names()));
            finding.message += " Looked up as " + String.join(", ", surroundings.names()) + ".";
        }
        return true;
    }

    /** Whether nobody had to do with it for a day before its first contact, and that is known. */
    private static boolean isNew(Acquaintance known, long completeSinceMs) {
        return completeSinceMs != Long.MAX_VALUE && known.firstMs - completeSinceMs >= HISTORY_MS;
    }

    /** docs/detectors/beacon.md has the table. */
    private static Severity ofScore(double score) {
        if (score >= CRITICAL) {
            return Severity.CRITICAL;
        }
        if (score >= 0.75) {
            return Severity.HIGH;
        }
        if (score >= 0.6) {
            return Severity.MEDIUM;
        }
        return score >= 0.45 ? Severity.LOW : Severity.INFORMATIONAL;
    }

    private static double rounded(double score) {
        return Math.round(score * 1000) / 1000.0;
    }
}
