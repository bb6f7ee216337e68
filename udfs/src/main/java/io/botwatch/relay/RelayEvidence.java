package io.botwatch.relay;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import java.util.Locale;

/** How a relay explains itself. */
final class RelayEvidence {
    private RelayEvidence() {}

    private static Finding finding(RelayRule rule, String configVersion) {
        Finding finding = rule.info().finding(Finding.Type.RELAY, configVersion);
        finding.severity = Severity.MEDIUM.atMost(rule.info().level());
        return finding.measure("threshold_delay_seconds", rule.windowMs() / 1000);
    }

    /** One pair: a row of the original query. */
    static Finding ofPair(RelayRule rule, String configVersion, RelayPair pair) {
        Finding finding = finding(rule, configVersion);
        finding.firstSeenMs = pair.inMs();
        finding.lastSeenMs = pair.outMs();
        finding.episodeMs = pair.inMs();
        finding.timeMs = pair.knownAtMs();
        finding.src = pair.source();
        finding.relay = pair.host();
        finding.dst = pair.target();
        finding.dstPort = pair.port();
        finding.connections = 1;
        double delaySeconds = (pair.outMs() - pair.inMs()) / 1000.0;
        finding.message = String.format(
                Locale.ROOT,
                "%s reached %s, which reached %s port %d %.3f s later.",
                pair.source(),
                pair.host(),
                pair.target(),
                pair.port(),
                delaySeconds);
        return finding.measure("relay_delay_seconds", String.format(Locale.ROOT, "%.3f", delaySeconds));
    }

    /** Everything known of one host. */
    static Finding ofHost(RelayRule rule, String configVersion, Address address, RelayHost host, RelayScore score) {
        Finding finding = finding(rule, configVersion);
        finding.severity = score.severity().atMost(rule.info().level());
        finding.score = score.value();
        finding.firstSeenMs = host.firstMs;
        finding.lastSeenMs = host.lastMs;
        finding.episodeMs = host.firstMs;
        finding.timeMs = host.knownAtMs;
        finding.relay = address;
        finding.connections = Math.max(host.pairs.estimate(), host.overflowPairs);
        finding.distinctSources = Math.max(host.sources.estimate(), host.overflowSources);
        finding.distinctTargets = Math.max(host.targets.estimate(), host.overflowTargets);
        finding.message = String.format(
                Locale.ROOT,
                "%s was reached by %d external sources and went on to %d targets within %d s of them, %d pairs in all.",
                address,
                finding.distinctSources,
                finding.distinctTargets,
                rule.windowMs() / 1000,
                finding.connections);
        if (score.sessions() > 0) {
            finding.message += String.format(
                    Locale.ROOT,
                    " %d sessions went through it with the same bytes on both sides, %d bytes in all.",
                    score.sessions(),
                    host.relayedBytes);
        }
        finding.measure("relayed_sessions", host.sessions)
                .measure("same_bytes_by_chance", host.controls)
                .measure("quick_share", Math.round(1000 * score.quick()) / 1000.0)
                .measure("hours", Integer.bitCount(host.hours));
        if (host.overflowPairs > 0) {
            finding.notes.add(overflowNote(rule, host.overflowSources, host.overflowTargets));
        }
        for (RelayPair pair : host.samples) {
            finding.samples.add(
                    new Finding.Sample(pair.source(), address, -1, pair.inMs()));
            finding.samples.add(
                    new Finding.Sample(address, pair.target(), pair.port(), pair.outMs()));
        }
        return finding;
    }

    /** A host with more pairs than are listed one by one. */
    static Finding ofOverflow(RelayRule rule, String configVersion, RelayPair sample) {
        Finding finding = finding(rule, configVersion);
        finding.firstSeenMs = sample.inMs();
        finding.lastSeenMs = sample.outMs();
        finding.episodeMs = sample.knownAtMs();
        finding.timeMs = sample.knownAtMs();
        finding.relay = sample.host();
        finding.connections = sample.sources() * sample.targets();
        finding.distinctSources = sample.sources();
        finding.distinctTargets = sample.targets();
        finding.message = String.format(
                Locale.ROOT,
                "%s has too many pairs to list: %d external sources reached it and it reached %d targets within %d s.",
                sample.host(),
                sample.sources(),
                sample.targets(),
                rule.windowMs() / 1000);
        finding.notes.add(overflowNote(rule, sample.sources(), sample.targets()));
        finding.samples.add(new Finding.Sample(sample.source(), sample.host(), -1, sample.inMs()));
        finding.samples.add(new Finding.Sample(sample.host(), sample.target(), sample.port(), sample.outMs()));
        return finding.measure("threshold_pairs_per_host", rule.maxPairsPerHost());
    }

    /** A host of which more distinct pairs were seen within a day than are remembered. */
    static Finding ofForgotten(RelayRule rule, String configVersion, RelayPair latest) {
        Finding finding = finding(rule, configVersion);
        finding.firstSeenMs = latest.inMs();
        finding.lastSeenMs = latest.outMs();
        finding.episodeMs = latest.knownAtMs();
        finding.timeMs = latest.knownAtMs();
        finding.relay = latest.host();
        finding.connections = RelayPairFunction.MAX_REMEMBERED;
        finding.message = String.format(
                Locale.ROOT,
                "%s has more than %d distinct pairs of sources and targets within a day; further ones are not listed.",
                latest.host(),
                RelayPairFunction.MAX_REMEMBERED);
        return finding.measure("threshold_pairs_remembered", RelayPairFunction.MAX_REMEMBERED);
    }

    private static String overflowNote(RelayRule rule, long sources, long targets) {
        return String.format(
                Locale.ROOT,
                "Overflow: %d sources x %d targets within the window is over max_pairs_per_host %d; the host's pairs are not listed"
                        + " for an hour from such a time.",
                sources,
                targets,
                rule.maxPairsPerHost());
    }
}
