package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.generate.Office.Host;
import io.botwatch.generate.Polling.Cadence;
import java.time.Instant;

/**
 * An enterprise's own traffic, and what the Internet sends at anyone.
 *
 * <p>Two rules of composition keep the literal rules silent, as they are in a network without these habits: nothing but
 * web and DNS is polled outside more often than 4 times an hour, and no server that answers the outside opens
 * connections to it, but for web and DNS.
 */
final class Background {
    private static final int NTP_SERVERS = 4;
    private static final int UPDATE_SERVERS = 6;
    private static final int CLOUD_SERVICES = 12;
    private static final long NTP_PERIOD_MS = 1_024_000;
    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    private static final int[] SCANNED_INSIDE = {
        21, 22, 23, 25, 53, 80, 88, 110, 111, 135, 137, 139, 143, 161, 389, 443, 445, 465, 513, 514, 548, 587, 593, 636,
        993, 995, 1433, 1521, 2049, 3306, 3389, 5432, 5900, 5985, 6379, 8000, 8080, 8443, 9100
    };
    private static final int[] SCANNED_OUTSIDE = {
        22, 23, 23, 25, 80, 443, 445, 1433, 2323, 3389, 3306, 5060, 5555, 5900, 6379, 7547, 8080, 8443, 9200, 11211
    };

    private final Scenario scenario;
    private final long seed;
    private final Office office;
    private final Internet internet;
    private final long startMs;
    private final long endMs;
    private final Address[] timeServers;
    private final Address[] updateServers;
    private final Address[] cloudServices;
    private final Address backupStorage;

    Background(Scenario scenario, long seed, Office office) {
        this.scenario = scenario;
        this.seed = seed;
        this.office = office;
        startMs = scenario.startMs();
        endMs = scenario.endMs();
        internet = new Internet(seed);
        timeServers = addresses("servers/time", NTP_SERVERS);
        updateServers = addresses("servers/update", UPDATE_SERVERS);
        cloudServices = addresses("servers/cloud", CLOUD_SERVICES);
        backupStorage = addresses("servers/backup", 1)[0];
    }

    private Address[] addresses(String name, int count) {
        Dice dice = dice(name);
        Address[] addresses = new Address[count];
        for (int i = 0; i < count; i++) {
            addresses[i] = Internet.address(dice);
        }
        return addresses;
    }

    private Dice dice(String name) {
        return new Dice(seed, name);
    }

    void play() {
        for (Host host : office.hosts()) {
            browsing(host);
            time(host);
            fileAndDirectory(host);
            updates(host);
            calls(host);
            cloud(host);
        }
        resolvers();
        guests();
        webServer();
        shop();
        gateway();
        serversThemselves();
        backup();
        vulnerabilityScan();
        internetNoise();

        benign("ntp", null, null, 123, "every host polls one of " + NTP_SERVERS + " external time servers each 1024 s");
        benign("cloud-keepalive", null, null, 443, "clients of " + CLOUD_SERVICES + " cloud services poll at fixed periods");
        benign("guest-nat", Office.GUEST_NAT, null, 0, "a guest network behind one address");
        benign("backup", Office.BACKUP, backupStorage, 443, "nightly backup to external storage");
        benign("vulnerability-scan", Office.VULNERABILITY_SCANNER, null, 0, "nightly sweep of the internal networks");
        benign("web-server", null, Office.WEB_SERVER, 443, "public web server with inbound clients all day");
        benign("internet-noise", null, null, 0, "scans from outside of addresses without a host, in 10.1.200.0/22");
    }

    private void benign(String name, Address src, Address dst, int dstPort, String note) {
        scenario.label(new Label(
                name,
                Label.NONE,
                src,
                null,
                dst,
                dstPort,
                Instant.ofEpochMilli(startMs),
                Instant.ofEpochMilli(endMs),
                note));
    }

    private void browsing(Host host) {
        scenario.add(() -> new Browsing(
                dice("browsing/" + host.number()),
                startMs,
                endMs,
                internet,
                host.v4(),
                host.v6(),
                Office.resolvers(),
                125 * host.activity()));
    }

    private void time(Host host) {
        Dice choice = dice("time/" + host.number());
        Address server = timeServers[choice.between(0, NTP_SERVERS - 1)];
        long firstMs = startMs + choice.between(0, NTP_PERIOD_MS);
        Cadence cadence = Cadence.fixed(NTP_PERIOD_MS).jittered(0.002);
        scenario.add(() -> new Polling(dice("time/poll/" + host.number()), firstMs, endMs, cadence) {
            @Override
            void describe(Flow flow) {
                ends(flow, host.v4(), server, 123);
                udp(flow, 1, 48, dice.between(5, 60));
            }
        });
    }

    private void fileAndDirectory(Host host) {
        scenario.add(() ->
                new Arrivals(dice("lan/" + host.number()), startMs, endMs, DayShape.OFFICE, 150 * host.activity()) {
                    @Override
                    void describe(Flow flow) {
                        double what = dice.unit();
                        if (what < 0.5) {
                            ends(flow, host.v4(), Office.FILES, 445);
                            long packets = Math.min(100_000, 10 + Math.round(dice.logNormal(40, 1.4)));
                            tcp(flow, packets, 220 * packets, COMPLETED, Math.min(100_000, packets * 60));
                        } else if (what < 0.95) {
                            ends(flow, host.v4(), Office.DIRECTORY, dice.oneOf(88, 389, 389, 445));
                            tcp(flow, dice.between(6, 14), dice.between(900, 3_500), COMPLETED, dice.between(5, 300));
                        } else {
                            ends(flow, host.v4(), Office.PRINTER, 9100);
                            tcp(flow, dice.between(50, 900), dice.between(60_000, 900_000), COMPLETED, dice.between(900, 9_000));
                        }
                    }
                });
    }

    private void updates(Host host) {
        scenario.add(() -> new Arrivals(dice("updates/" + host.number()), startMs, endMs, DayShape.OFFICE, 4) {
            @Override
            void describe(Flow flow) {
                ends(flow, host.v4(), updateServers[dice.between(0, UPDATE_SERVERS - 1)], 443);
                // Mostly acknowledgements of what comes down.
                long packets = Math.min(200_000, 20 + Math.round(dice.logNormal(400, 2)));
                tcp(flow, packets, 2_000, COMPLETED, Math.min(110_000, 500 + packets * 4));
            }
        });
    }

    /** Conferences: the media relays are many, so no two calls are likely to share one. */
    private void calls(Host host) {
        scenario.add(() ->
                new Arrivals(dice("calls/" + host.number()), startMs, endMs, DayShape.OFFICE, 2 * host.activity()) {
                    @Override
                    void describe(Flow flow) {
                        ends(flow, host.v4(), Internet.address(dice), dice.between(3_478, 3_481));
                        long durationMs = Math.min(110_000, Math.round(dice.logNormal(60_000, 1)));
                        long packets = 10 + durationMs / 20;
                        udp(flow, packets, 160 * packets, durationMs);
                    }
                });
    }

    private void cloud(Host host) {
        Dice choice = dice("cloud/" + host.number());
        int clients = choice.chance(0.45) ? choice.between(1, 2) : 0;
        for (int i = 0; i < clients; i++) {
            String name = "cloud/poll/" + host.number() + "/" + i;
            Address service = cloudServices[choice.between(0, CLOUD_SERVICES - 1)];
            long periodMs = choice.oneOf(60, 120, 180, 300, 300) * 1_000L;
            int payload = choice.between(300, 2_500);
            long firstMs = startMs + choice.between(0, periodMs);
            Cadence cadence = Cadence.fixed(periodMs).jittered(0.01);
            Cadence hours = choice.chance(0.2)
                    ? cadence
                    : cadence.awake(
                            7 * HOUR_MS + choice.between(0, 120) * MINUTE_MS,
                            17 * HOUR_MS + choice.between(0, 120) * MINUTE_MS,
                            false);
            scenario.add(() -> new Polling(dice(name), firstMs, endMs, hours) {
                @Override
                void describe(Flow flow) {
                    ends(flow, host.v4(), service, 443);
                    tcp(flow, dice.between(8, 12), payload + dice.between(0, 40), COMPLETED, dice.between(60, 500));
                }
            });
        }
    }

    /** Cache misses; a few thousand authoritative servers, popular ones more often. */
    private void resolvers() {
        Crowd nameServers = new Crowd(seed, "name-servers", 4_000);
        double perDay = 90.0 * office.hosts().size();
        for (Address resolver : Office.resolvers()) {
            scenario.add(() -> new Arrivals(dice("resolver/" + resolver), startMs, endMs, DayShape.OFFICE, perDay) {
                @Override
                void describe(Flow flow) {
                    ends(flow, resolver, nameServers.regular(dice), 53);
                    udp(flow, 1, dice.between(32, 70), dice.between(4, 160));
                }
            });
        }
    }

    private void guests() {
        double size = office.hosts().size() / 10.0;
        Address[] publicResolvers = addresses("servers/public-dns", 2);
        scenario.add(() -> new Browsing(
                dice("guests/web"), startMs, endMs, internet, Office.GUEST_NAT, null, publicResolvers, 125 * size));
        scenario.add(() -> new Arrivals(dice("guests/peers"), startMs, endMs, DayShape.OFFICE, 12 * size) {
            @Override
            void describe(Flow flow) {
                ends(flow, Office.GUEST_NAT, Internet.address(dice), dice.between(10_000, 65_000));
                long packets = dice.between(2, 400);
                udp(flow, packets, 300 * packets, dice.between(0, 60_000));
            }
        });
    }

    private void webServer() {
        Crowd clients = new Crowd(seed, "web-clients", 6_000);
        scenario.add(() -> new Arrivals(dice("web-server/clients"), startMs, endMs, DayShape.PUBLIC, 7_200) {
            @Override
            void describe(Flow flow) {
                ends(flow, clients.regular(dice), Office.WEB_SERVER, 443);
                webRequest(flow);
            }
        });
        scenario.add(() -> new Arrivals(dice("web-server/database"), startMs, endMs, DayShape.PUBLIC, 2_500) {
            @Override
            void describe(Flow flow) {
                ends(flow, Office.WEB_SERVER, Office.DATABASE, 5432);
                tcp(flow, dice.between(8, 60), dice.between(800, 9_000), COMPLETED, dice.between(3, 900));
            }
        });
    }

    /** What the flood's victim does on other days. */
    private void shop() {
        scenario.add(() -> new Arrivals(dice("shop/clients"), startMs, endMs, DayShape.PUBLIC, 1_500) {
            @Override
            void describe(Flow flow) {
                ends(flow, Internet.address(dice), Office.SHOP, dice.chance(0.1) ? 80 : 443);
                webRequest(flow);
            }
        });
    }

    /** Staff at home, signing in. */
    private void gateway() {
        Crowd staff = new Crowd(seed, "staff", 80);
        scenario.add(() -> new Arrivals(dice("gateway/staff"), startMs, endMs, DayShape.OFFICE, 200) {
            @Override
            void describe(Flow flow) {
                ends(flow, staff.anyone(dice), Office.GATEWAY, dice.oneOf(22, 3389));
                long packets = Math.min(50_000, 40 + Math.round(dice.logNormal(600, 1.2)));
                tcp(flow, packets, 120 * packets, COMPLETED, Math.min(110_000, 5_000 + 40 * packets));
            }
        });
    }

    private void serversThemselves() {
        for (Address server : new Address[] {Office.WEB_SERVER, Office.SHOP, Office.GATEWAY}) {
            scenario.add(() -> new Arrivals(dice("server/" + server), startMs, endMs, DayShape.FLAT, 300) {
                @Override
                void describe(Flow flow) {
                    if (dice.chance(0.8)) {
                        ends(flow, server, Office.resolvers()[0], 53);
                        udp(flow, 1, dice.between(28, 60), dice.between(0, 40));
                    } else {
                        ends(flow, server, updateServers[dice.between(0, UPDATE_SERVERS - 1)], 443);
                        webRequest(flow);
                    }
                }
            });
        }
    }

    private void backup() {
        scenario.add(() -> new Nightly(dice("backup"), startMs, endMs, 30 * MINUTE_MS, 245, 90 * MINUTE_MS) {
            @Override
            void describe(Flow flow, int index) {
                if (index < 5) {
                    ends(flow, Office.BACKUP, backupStorage, 22);
                    tcp(flow, dice.between(20, 60), dice.between(3_000, 9_000), COMPLETED, dice.between(500, 4_000));
                } else {
                    ends(flow, Office.BACKUP, backupStorage, 443);
                    long payload = Math.min(2_000_000_000L, Math.round(dice.logNormal(30_000_000, 1)));
                    long durationMs = Math.min(110_000, 200 + payload / 1_500);
                    tcp(flow, 8 + payload / 1_400, payload, COMPLETED, durationMs);
                }
            }
        });
    }

    private void vulnerabilityScan() {
        int perHost = SCANNED_INSIDE.length + 1;
        int probes = perHost * office.hosts().size();
        scenario.add(() -> new Nightly(dice("vulnerability-scan"), startMs, endMs, 150 * MINUTE_MS, probes, 90 * MINUTE_MS) {
            @Override
            void describe(Flow flow, int index) {
                Host target = office.hosts().get(index / perHost);
                int probe = index % perHost;
                if (probe == 0) {
                    ends(flow, Office.VULNERABILITY_SCANNER, target.v4(), 0);
                    flow.srcPort = 0;
                    flow.protocol = ICMP;
                    flow.packets = 2;
                    flow.bytes = 168;
                    flow.endMs = flow.startMs + 1_000;
                } else {
                    ends(flow, Office.VULNERABILITY_SCANNER, target.v4(), SCANNED_INSIDE[probe - 1]);
                    if (dice.chance(0.06)) {
                        tcp(flow, dice.between(6, 40), dice.between(200, 9_000), COMPLETED, dice.between(20, 3_000));
                    } else {
                        unanswered(flow, 1);
                    }
                }
            }
        });
    }

    private void internetNoise() {
        Crowd scanners = new Crowd(seed, "scanners", 400);
        scenario.add(() -> new Arrivals(dice("noise"), startMs, endMs, DayShape.FLAT, 9_000) {
            @Override
            void describe(Flow flow) {
                int unused = 10 << 24 | 1 << 16 | dice.between(200, 203) << 8 | dice.between(1, 254);
                ends(flow, scanners.regular(dice), new Address(0, Address.v4(unused)), dice.oneOf(SCANNED_OUTSIDE));
                unanswered(flow, 1);
            }
        });
    }
}
