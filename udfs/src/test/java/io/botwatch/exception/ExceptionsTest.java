package io.botwatch.exception;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.exception.ExceptionEntry.Action;
import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import io.botwatch.flow.Direction;
import io.botwatch.network.Network;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class ExceptionsTest {
    private static final long T = 1_772_323_200_000L;

    @Test
    void theMostSpecificOfThoseThatMatchCountsAsAWalkThroughAllOfThemFinds() throws Exception {
        int matched = 0;
        int expired = 0;
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<ExceptionEntry> entries = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                entries.add(entry(i, random));
            }
            // As it reaches the operators.
            Exceptions exceptions = InstantiationUtil.clone(new Exceptions(entries));
            for (int i = 0; i < 50; i++) {
                Finding finding = finding(random);
                ExceptionEntry expected = entries.stream()
                        .filter(entry -> matches(entry, finding) && finding.timeMs < entry.expiresMs())
                        .min(Comparator.comparingInt((ExceptionEntry entry) -> -bits(entry, finding))
                                .thenComparing(entry -> entry.ports().isEmpty())
                                .thenComparing(entry -> entry.rules().isEmpty())
                                .thenComparing(ExceptionEntry::action)
                                .thenComparing(ExceptionEntry::id))
                        .orElse(null);
                Exceptions.Match match = exceptions.match(finding);
                assertThat(match.entry()).as("seed %d", seed).isEqualTo(expected);
                boolean late = expected == null && entries.stream().anyMatch(entry -> matches(entry, finding));
                assertThat(match.expired()).as("seed %d: expired", seed).isEqualTo(late);
                matched += expected == null ? 0 : 1;
                expired += late ? 1 : 0;
            }
        }
        assertThat(matched).isGreaterThan(3_000);
        assertThat(expired).isGreaterThan(100);
    }

    private static boolean matches(ExceptionEntry entry, Finding finding) {
        Direction direction = finding.type == Finding.Type.VOLUMETRIC ? Direction.INBOUND : Direction.OUTBOUND;
        return isIn(entry.sources(), finding.src)
                && isIn(entry.destinations(), finding.dst)
                && isIn(entry.hosts(), finding.host())
                && (entry.ports().isEmpty() || entry.ports().contains(finding.dstPort))
                && (entry.rules().isEmpty() || entry.rules().contains(finding.ruleId))
                && (entry.direction() == null || entry.direction() == direction);
    }

    private static boolean isIn(List<Network> networks, Address address) {
        return networks.isEmpty() || address != null && longest(networks, address) >= 0;
    }

    private static int longest(List<Network> networks, Address address) {
        return networks.stream()
                .filter(network -> network.contains(address.hi, address.lo))
                .mapToInt(Network::bits)
                .max()
                .orElse(-1);
    }

    private static int bits(ExceptionEntry entry, Finding finding) {
        return (entry.sources().isEmpty() ? 0 : longest(entry.sources(), finding.src))
                + (entry.destinations().isEmpty() ? 0 : longest(entry.destinations(), finding.dst))
                + (entry.hosts().isEmpty() ? 0 : longest(entry.hosts(), finding.host()));
    }

    private static ExceptionEntry entry(int number, SplittableRandom random) {
        List<Network> sources = networks(random);
        List<Network> destinations = networks(random);
        List<Network> hosts = random.nextInt(4) == 0 ? networks(random) : List.of();
        List<Integer> ports = random.nextInt(3) == 0 ? List.of(random.nextInt(3)) : List.of();
        return new ExceptionEntry(
                "EX-" + number,
                "title",
                random.nextInt(3) == 0 ? List.of("R" + random.nextInt(2)) : List.of(),
                sources,
                destinations,
                hosts,
                ports,
                random.nextInt(4) > 0 ? null : random.nextBoolean() ? Direction.INBOUND : Direction.OUTBOUND,
                Action.values()[random.nextInt(3)],
                Severity.LOW,
                "owner",
                "",
                random.nextBoolean() ? ExceptionEntry.NEVER : T + random.nextInt(10));
    }

    /** Of few addresses, so that prefixes nest. */
    private static List<Network> networks(SplittableRandom random) {
        List<Network> networks = new ArrayList<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            networks.add(Network.of(address(random), 128 - random.nextInt(6)));
        }
        return networks;
    }

    private static Finding finding(SplittableRandom random) {
        Finding finding = new Finding();
        finding.type = random.nextInt(3) == 0 ? Finding.Type.VOLUMETRIC : Finding.Type.BEACON;
        finding.ruleId = "R" + random.nextInt(2);
        finding.src = finding.type == Finding.Type.VOLUMETRIC ? null : address(random);
        finding.dst = random.nextInt(8) == 0 && finding.type == Finding.Type.BEACON ? null : address(random);
        finding.dstPort = random.nextInt(3);
        finding.timeMs = T + random.nextInt(12);
        return finding;
    }

    private static Address address(SplittableRandom random) {
        return new Address(0, Address.v4(0x0A000000 + random.nextInt(16)));
    }
}
