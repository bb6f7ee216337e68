package io.botwatch.finding;

import io.botwatch.flow.Address;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** One plausible finding of each kind, for tests; every call gives new objects with the same content. */
public final class SampleFindings {
    private static final long T = 1_313_481_706_972L; // 2011-08-16T08:01:46.972Z

    private SampleFindings() {}

    public static List<Finding> all() {
        return List.of(beacon(), volumetric(), relayPair(), relayHost());
    }

    public static Finding beacon() {
        Finding finding = base(Finding.Type.BEACON, "BEACON-SLOW", "attack.t1583.005", "attack.t1071");
        finding.src = Address.parse("10.0.3.7");
        finding.dst = Address.parse("203.0.113.7");
        finding.dstPort = 8443;
        finding.protocol = 6;
        finding.connections = 286;
        finding.score = 0.8421;
        finding.periodSeconds = 300.5;
        finding.jitter = 0.04;
        finding.measure("duration_min", 1428).measure("per_hour", 12.02).measure("evidence", "strong");
        finding.samples.add(new Finding.Sample(finding.src, finding.dst, 8443, T));
        finding.samples.add(new Finding.Sample(finding.src, finding.dst, 8443, T + 300_000));
        return finding;
    }

    public static Finding volumetric() {
        Finding finding = base(Finding.Type.VOLUMETRIC, "VOLUMETRIC-INBOUND", "attack.t1498", "attack.t1110");
        finding.dst = Address.parse("10.0.0.80");
        finding.dstPort = 443;
        finding.connections = 12_345;
        finding.distinctSources = 812;
        finding.notes.add("812 sources is an estimate, within 1.8 %");
        for (int i = 1; i <= 20; i++) {
            Address source = Address.parse(i % 2 == 0 ? "198.51.100." + i : "2001:db8::" + i);
            finding.samples.add(new Finding.Sample(source, finding.dst, 443, T + i));
        }
        return finding;
    }

    public static Finding relayPair() {
        Finding finding = base(Finding.Type.RELAY, "AQL-RELAY", "attack.t1583.005", "attack.t1090.003");
        finding.src = Address.parse("198.51.100.4");
        finding.relay = Address.parse("10.0.3.9");
        finding.dst = Address.parse("2001:db8::25");
        finding.dstPort = 25;
        finding.connections = 1;
        finding.measure("delay_s", 12);
        finding.samples.add(new Finding.Sample(finding.src, finding.relay, 1080, T));
        finding.samples.add(new Finding.Sample(finding.relay, finding.dst, 25, T + 12_000));
        return finding;
    }

    /** One finding a host: neither source nor target of its own. */
    public static Finding relayHost() {
        Finding finding = base(Finding.Type.RELAY, "ORB-RELAY");
        finding.relay = Address.parse("10.0.3.9");
        finding.connections = 77;
        finding.distinctSources = 3;
        finding.distinctTargets = 70;
        finding.score = Double.NaN;
        return finding;
    }

    private static Finding base(Finding.Type type, String ruleId, String... tags) {
        Finding finding = new Finding();
        finding.activity = Finding.Activity.CREATE;
        finding.type = type;
        finding.ruleId = ruleId;
        finding.ruleTitle = "Title of " + ruleId;
        finding.tags = List.of(tags);
        finding.severity = Severity.HIGH;
        finding.firstSeenMs = T;
        finding.lastSeenMs = T + 86_000_000;
        finding.episodeMs = T + 3_600_000;
        finding.timeMs = T + 86_400_000;
        finding.message = "Who, what, how often, since when";
        finding.configVersion = "0123456789ab";
        finding.uid = FindingUid.of(ruleId, "default", "key", finding.episodeMs);
        return finding;
    }

    /** Any content in any field, with absent values among it; the uid is one of {@code uids} distinct ones. */
    static Finding random(SplittableRandom random, int uids) {
        Finding finding = new Finding();
        // Few distinct high bits, both signs, so that the order of uids is not that of the signed longs.
        long which = random.nextInt(uids);
        finding.uid = new UUID((which % 7 - 3) << 61, Address.mix(which));
        finding.activity = Finding.Activity.values()[random.nextInt(3)];
        finding.type = Finding.Type.values()[random.nextInt(3)];
        finding.ruleId = text(random);
        finding.ruleTitle = text(random);
        finding.tags = random.nextBoolean() ? List.of() : List.of("attack.t1071", "x");
        finding.severity = random.nextInt(9) == 0 ? null : Severity.values()[random.nextInt(5)];
        finding.firstSeenMs = random.nextInt(5) == 0 ? random.nextLong() : 1_000L * random.nextInt(500);
        finding.lastSeenMs = random.nextLong();
        finding.episodeMs = random.nextLong();
        finding.timeMs = random.nextLong();
        finding.src = address(random);
        finding.relay = address(random);
        finding.dst = address(random);
        finding.dstPort = random.nextInt(-1, 65_536);
        finding.protocol = random.nextInt(-1, 256);
        finding.connections = random.nextLong();
        finding.distinctSources = random.nextInt(-1, 5);
        finding.distinctTargets = random.nextLong();
        finding.score = random.nextBoolean() ? Double.NaN : random.nextDouble();
        finding.periodSeconds = random.nextBoolean() ? Double.NaN : random.nextDouble() * 1e6;
        finding.jitter = random.nextBoolean() ? Double.POSITIVE_INFINITY : -0.0;
        finding.message = text(random);
        finding.configVersion = text(random);
        for (int i = random.nextInt(3); i > 0; i--) {
            finding.measures.add(new Finding.Measure(text(random), text(random)));
            finding.samples.add(new Finding.Sample(
                    address(random), address(random), random.nextInt(-1, 65_536), random.nextLong()));
            finding.notes.add(text(random));
        }
        return finding;
    }

    private static Address address(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> new Address(0, Address.v4(random.nextInt()));
            default -> new Address(random.nextLong(), random.nextLong());
        };
    }

    private static String text(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> "";
            case 2 -> "tab\t, \"quote\", zero \0, é, 中, \uD83D\uDC7E";
            default -> Long.toString(random.nextLong(), 36);
        };
    }
}
