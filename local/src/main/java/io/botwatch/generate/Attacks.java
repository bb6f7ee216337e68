package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.generate.Office.Host;
import io.botwatch.generate.Polling.Cadence;
import java.time.Instant;

/** What the scenario is for: attacks on hosts, peers, ports and at times that the seed decides, each with its label. */
final class Attacks {
    private static final long SECOND_MS = 1_000;
    private static final long MINUTE_MS = 60 * SECOND_MS;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    /** Beacons, relays, the spreader and the chat bot: one host each. */
    private static final int INFECTED = 9;

    private final Scenario scenario;
    private final long seed;
    private final long startMs;
    private final long endMs;
    private final long lengthMs;
    private final Host[] infected;
    private final int[] beaconPorts = {8443, 4444, 1337, 5678, 9443, 8888, 50050, 7443, 2222, 8081};

    Attacks(Scenario scenario, long seed, Office office) {
        this.scenario = scenario;
        this.seed = seed;
        startMs = scenario.startMs();
        endMs = scenario.endMs();
        lengthMs = endMs - startMs;

        // The first steps of a Fisher-Yates shuffle each: no host and no port is cast twice.
        Dice dice = new Dice(seed, "attack/cast");
        Host[] hosts = office.hosts().toArray(Host[]::new);
        infected = new Host[INFECTED];
        for (int i = 0; i < INFECTED; i++) {
            int pick = dice.between(i, hosts.length - 1);
            infected[i] = hosts[pick];
            hosts[pick] = hosts[i];
        }
        for (int i = 0; i < 4; i++) {
            int pick = dice.between(i, beaconPorts.length - 1);
            int port = beaconPorts[pick];
            beaconPorts[pick] = beaconPorts[i];
            beaconPorts[i] = port;
        }
    }

    void play() {
        beacon(0, "beacon-exact", Cadence.fixed(60 * SECOND_MS), "every 60 s, exactly");
        beacon(1, "beacon-jittered", Cadence.fixed(120 * SECOND_MS).jittered(0.3), "every 120 s, each interval within 30 %");
        beacon(2, "beacon-missed", Cadence.fixed(90 * SECOND_MS).missing(0.3), "every 90 s, 30 % of check-ins missed");
        scheduledBeacon(3);
        relay(4, "relay-1");
        relay(5, "relay-2");
        relay(6, "relay-3");
        spreader(infected[7]);
        chatBot(infected[8]);
        flood();
        credentialStuffing();
    }

    private void beacon(int i, String name, Cadence cadence, String note) {
        Dice dice = new Dice(seed, "attack/" + name);
        long firstMs = startMs + dice.between(0, Math.min(3 * HOUR_MS, lengthMs / 6));
        // Two in three send the same few bytes each time, the others vary.
        checkIns(i, name, dice, firstMs, endMs, cadence, dice.chance(0.67) ? 0.02 : 0.5, note);
    }

    /** Awake for 8 h a day, or for a third of a shorter scenario. */
    private void scheduledBeacon(int i) {
        String name = "beacon-scheduled";
        Dice dice = new Dice(seed, "attack/" + name);
        long dayMs = Math.min(DayShape.DAY_MS, lengthMs);
        long awakeMs = Math.min(8 * HOUR_MS, dayMs / 3);
        long fromMs = Math.round(dayMs * dice.between(0.25, 0.45));
        Cadence cadence = Cadence.fixed(300 * SECOND_MS).awake(fromMs, fromMs + awakeMs, true);
        long lastMs = lengthMs > DayShape.DAY_MS ? endMs : startMs + fromMs + awakeMs;
        String note = "every 300 s, awake " + awakeMs / MINUTE_MS + " min a day";
        checkIns(i, name, dice, startMs + fromMs, lastMs, cadence, 0.02, note);
    }

    private void checkIns(
            int i, String name, Dice dice, long firstMs, long lastMs, Cadence cadence, double spread, String note) {
        Address bot = infected[i].v4();
        Address controller = Internet.address(dice);
        int port = beaconPorts[i];
        int payload = dice.between(300, 1_200);
        scenario.add(() -> new Beacon(
                new Dice(seed, "attack/" + name + "/check-ins"),
                firstMs,
                lastMs,
                cadence,
                bot,
                controller,
                port,
                payload,
                spread));
        label(name, Label.BEACON, bot, null, controller, port, firstMs, lastMs, note);
    }

    private void relay(int i, String name) {
        Dice dice = new Dice(seed, "attack/" + name);
        Address host = infected[i].v4();
        long firstMs = startMs + Math.round(lengthMs * dice.between(0.05, 0.4));
        long spanMs = Math.min(lengthMs / 2, dice.between(4 * HOUR_MS, 8 * HOUR_MS));
        int listeningPort = dice.oneOf(8443, 1080, 3128, 4433);
        int sources = dice.between(2, 4);
        int targets = dice.between(8, 12);
        int sessions = dice.between(40, 70);
        scenario.add(() -> new RelaySessions(
                new Dice(seed, "attack/" + name + "/sessions"),
                firstMs,
                endMs,
                spanMs,
                host,
                listeningPort,
                sources,
                targets,
                sessions));
        String note = sessions + " sessions from " + sources + " sources on port " + listeningPort + " to " + targets
                + " targets, 0.5 to 20 s later";
        label(name, Label.RELAY, null, host, null, 0, firstMs, endMs, note);
    }

    private void spreader(Host host) {
        Dice dice = new Dice(seed, "attack/spreader");
        long firstMs = startMs + Math.round(lengthMs * dice.between(0.1, 0.9));
        long lastMs = firstMs + dice.between(3 * MINUTE_MS, 8 * MINUTE_MS);
        int port = dice.oneOf(22, 23);
        int targets = dice.between(200, 400);
        scenario.add(() -> new Spreader(
                new Dice(seed, "attack/spreader/attempts"), firstMs, lastMs, host.v4(), port, targets));
        String note = targets + " external hosts on one port";
        label("spreader", Label.SPREADER, host.v4(), null, null, port, firstMs, lastMs, note);
    }

    private void chatBot(Host host) {
        Dice dice = new Dice(seed, "attack/irc");
        long firstMs = startMs + Math.round(lengthMs * dice.between(0.05, 0.25));
        Address server = Internet.address(dice);
        int connections = dice.between(3, 7);
        scenario.add(() -> new IrcBot(
                new Dice(seed, "attack/irc/connections"), firstMs, endMs, host.v4(), server, 6667, connections));
        String note = "chat bot, at most " + connections + " long connections";
        label("irc-bot", Label.IRC, host.v4(), null, server, 6667, firstMs, endMs, note);
    }

    private void flood() {
        Dice dice = new Dice(seed, "attack/flood");
        long firstMs = startMs + Math.round(lengthMs * dice.between(0.1, 0.9));
        long lastMs = firstMs + dice.between(5 * MINUTE_MS, 10 * MINUTE_MS);
        int port = dice.oneOf(80, 443);
        int sources = dice.between(400, 3_000);
        int flows = dice.between(5_000, 15_000);
        scenario.add(() -> new Flood(
                new Dice(seed, "attack/flood/packets"),
                firstMs,
                lastMs,
                Office.SHOP,
                port,
                new Crowd(seed, "flood", sources),
                flows));
        String note = "about " + flows + " half-open connections from " + sources + " spoofed sources";
        label("flood", Label.VOLUMETRIC, null, null, Office.SHOP, port, firstMs, lastMs, note);
    }

    /** At least 15 minutes, so that some 5-minute window of the clock lies wholly within. */
    private void credentialStuffing() {
        Dice dice = new Dice(seed, "attack/stuffing");
        long firstMs = startMs + Math.round(lengthMs * dice.between(0.1, 0.9));
        long lastMs = firstMs + dice.between(15 * MINUTE_MS, 20 * MINUTE_MS);
        int port = dice.oneOf(22, 3389);
        int sources = dice.between(80, 150);
        scenario.add(() -> new CredentialStuffing(
                new Dice(seed, "attack/stuffing/attempts"), firstMs, lastMs, Office.GATEWAY, port, sources));
        String note = sources + " sources, each 10 to 20 sign-ins in 5 min";
        label("credential-stuffing", Label.VOLUMETRIC, null, null, Office.GATEWAY, port, firstMs, lastMs, note);
    }

    private void label(
            String name,
            String expectation,
            Address src,
            Address relay,
            Address dst,
            int dstPort,
            long fromMs,
            long toMs,
            String note) {
        scenario.label(new Label(
                name,
                expectation,
                src,
                relay,
                dst,
                dstPort,
                Instant.ofEpochMilli(fromMs),
                Instant.ofEpochMilli(toMs),
                note));
    }
}
