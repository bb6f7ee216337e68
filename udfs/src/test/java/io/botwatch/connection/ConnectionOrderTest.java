package io.botwatch.connection;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Trait;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is put out depends neither on arrival, nor on when watermarks come, nor on restarts; and it is the truth. */
class ConnectionOrderTest {
    private static final long BOUND_MS = 90_000;

    @Test
    void arrivalWatermarksAndRestartsMakeNoDifference() {
        for (long seed = 0; seed < 150; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Flow> records = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Talk talk = randomTalk(random);
                for (Exporter exporter : randomExporters(random)) {
                    records.addAll(talk.records(exporter));
                }
            }
            Tracked inOrder = Tracked.byDefault();
            records.stream().sorted(Comparator.comparingLong(flow -> flow.startMs)).forEach(inOrder::add);
            inOrder.end();

            Tracked live = Tracked.byDefault();
            long latestMs = Long.MIN_VALUE;
            for (Flow record : Talk.asExported(records, 20_000, random)) {
                live.add(record);
                latestMs = Math.max(latestMs, record.startMs);
                if (random.nextInt(5) == 0) {
                    live.advance(latestMs - BOUND_MS - 1);
                }
                if (random.nextInt(200) == 0) {
                    live.restart();
                }
            }
            live.end();

            assertThat(lines(live.opened)).as("seed %d, opened", seed).isEqualTo(lines(inOrder.opened));
            assertThat(lines(live.totals)).as("seed %d, totals", seed).isEqualTo(lines(inOrder.totals));
            assertThat(live.joined).as("seed %d", seed).isEqualTo(inOrder.joined);
        }
    }

    /** Few ends and ports, so that 5-tuples meet again, also within a timeout. */
    private static Talk randomTalk(SplittableRandom random) {
        long fromMs = T + random.nextLong(600_000);
        int clientPort = random.nextBoolean() ? 50_000 + random.nextInt(4) : 2_000 + random.nextInt(4);
        int[] services = {443, 53, 50_001, 1_337};
        int service = services[random.nextInt(services.length)];
        long client = internal(random.nextInt(3));
        long server = random.nextInt(5) == 0 ? internal(random.nextInt(3)) : external(random.nextInt(3));
        if (random.nextBoolean()) {
            return Talk.session(client, clientPort, server, service, fromMs, random.nextLong(50, 300_000), random.nextLong(20, 40_000));
        }
        Talk talk = Talk.question(client, clientPort, server, service, fromMs);
        for (int i = random.nextInt(6); i > 0; i--) {
            talk.packet(talk.endMs() + random.nextLong(40_000), random.nextBoolean(), 90, 0);
        }
        return talk;
    }

    private static List<Exporter> randomExporters(SplittableRandom random) {
        List<Exporter> exporters = new ArrayList<>();
        for (int number = 1; number <= 1 + random.nextInt(3); number++) {
            Exporter exporter = new Exporter(
                    number, random.nextLong(-2_500, 2_500), 30_000, 15_000, random.nextInt(4) > 0, random.nextInt(4) > 0);
            exporters.add(exporter);
        }
        return exporters;
    }

    @Test
    void theConnectionsAreTheTrueOnesWhateverExportersDidToThem() {
        for (long seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Talk> talks = distinctTalks(random);
            List<Flow> records = new ArrayList<>();
            for (Talk talk : talks) {
                records.addAll(talk.records(Exporter.usual(1)));
                if (random.nextBoolean()) {
                    records.addAll(talk.records(Exporter.usual(2).skewed(random.nextLong(3_000))));
                }
            }
            Tracked tracked = Tracked.byDefault().addAll(Talk.asExported(records, 20_000, random)).end();

            Set<String> truth = new TreeSet<>();
            talks.forEach(talk -> truth.add(line(talk)));
            Set<String> found = new TreeSet<>();
            tracked.totals.stream().filter(flow -> !continues(flow, tracked.totals)).forEach(flow -> found.add(line(flow)));
            assertThat(found).as("seed %d", seed).isEqualTo(truth);
            assertThat(tracked.opened).as("seed %d", seed).hasSize(talks.size());
        }
    }

    /** Whether it is an hourly report of a connection that has a later one. */
    private static boolean continues(Flow total, List<Flow> totals) {
        return totals.stream().anyMatch(later -> later != total
                && later.startMs == total.startMs
                && later.srcLo == total.srcLo
                && later.srcPort == total.srcPort
                && later.dstLo == total.dstLo
                && later.dstPort == total.dstPort
                && later.packets + later.reversePackets > total.packets + total.reversePackets);
    }

    private static List<Talk> distinctTalks(SplittableRandom random) {
        List<Talk> talks = new ArrayList<>();
        Set<Integer> ports = new HashSet<>();
        while (talks.size() < 40) {
            int clientPort = random.nextInt(1_024, 65_536);
            if (!ports.add(clientPort)) {
                continue;
            }
            int service = random.nextInt(3) == 0 ? random.nextInt(1, 65_536) : 443;
            talks.add(Talk.session(
                    internal(random.nextInt(20)),
                    clientPort,
                    external(random.nextInt(20)),
                    service,
                    T + random.nextLong(3_600_000),
                    random.nextLong(50, 7_200_000),
                    random.nextLong(50, 50_000)));
        }
        return talks;
    }

    private static String line(Talk talk) {
        return Address.format(0, talk.clientLo) + ":" + talk.clientPort + " > " + Address.format(0, talk.serverLo) + ":"
                + talk.serverPort + " " + talk.startMs() + "-" + talk.endMs() + " " + talk.count(true) + "/" + talk.bytes(true)
                + " " + talk.count(false) + "/" + talk.bytes(false);
    }

    private static String line(Flow flow) {
        return Address.format(0, flow.srcLo) + ":" + flow.srcPort + " > " + Address.format(0, flow.dstLo) + ":" + flow.dstPort
                + " " + flow.startMs + "-" + flow.endMs + " " + flow.packets + "/" + flow.bytes + " " + flow.reversePackets
                + "/" + flow.reverseBytes;
    }

    private static List<String> lines(List<Flow> flows) {
        return flows.stream()
                .map(flow -> line(flow) + " " + flow.tcpFlags + " " + flow.traits + " " + (flow.traits & Trait.COPIED))
                .sorted()
                .toList();
    }
}
