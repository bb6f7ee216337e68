package io.botwatch.generate;

import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.List;

/** Who is there: workstations, some busier than others, and the servers, whose addresses do not depend on the seed. */
final class Office {
    static final Address GUEST_NAT = Address.parse("10.1.0.1");
    static final Address DIRECTORY = Address.parse("10.1.0.10");
    static final Address FILES = Address.parse("10.1.0.20");
    static final Address PRINTER = Address.parse("10.1.0.30");
    static final Address BACKUP = Address.parse("10.1.0.40");
    static final Address VULNERABILITY_SCANNER = Address.parse("10.1.0.99");
    static final Address WEB_SERVER = Address.parse("10.1.80.10");
    static final Address SHOP = Address.parse("10.1.80.20");
    static final Address GATEWAY = Address.parse("10.1.80.30");
    static final Address DATABASE = Address.parse("10.1.90.5");

    private static final Address[] RESOLVERS = {Address.parse("10.1.0.53"), Address.parse("10.1.0.54")};

    /** High long of fd00:1::/64. */
    private static final long V6_PREFIX = 0xFD00_0001L << 32;

    private static final int HOSTS_AT_SCALE_1 = 300;
    private static final int FEWEST_HOSTS = 30;
    private static final double ACTIVITY_SIGMA = 0.9;
    private static final double MOST_ACTIVE = 10;

    /**
     * A workstation.
     *
     * @param number from 0
     * @param v6 null when it has none
     * @param activity multiple of the average host's traffic
     */
    record Host(int number, Address v4, Address v6, double activity) {}

    private final List<Host> hosts = new ArrayList<>();

    Office(long seed, double scale) {
        int count = Math.max(FEWEST_HOSTS, (int) Math.round(HOSTS_AT_SCALE_1 * scale));
        for (int i = 0; i < count; i++) {
            Dice dice = new Dice(seed, "host/" + i);
            // Mean 1: the mean of a log-normal is exp(sigma^2 / 2) times its median.
            double median = StrictMath.exp(-ACTIVITY_SIGMA * ACTIVITY_SIGMA / 2);
            double activity = Math.min(MOST_ACTIVE, dice.logNormal(median, ACTIVITY_SIGMA));
            Address v6 = dice.chance(0.2) ? new Address(V6_PREFIX, 0x1000 + i) : null;
            hosts.add(new Host(i, workstation(i), v6, activity));
        }
    }

    /** From 10.1.100.10 on, 200 a /24, 100 /24s a /16; the rest of each /16 has no workstations. */
    private static Address workstation(int i) {
        int second = 1 + i / 20_000;
        int third = 100 + i % 20_000 / 200;
        int fourth = 10 + i % 200;
        return new Address(0, Address.v4(10 << 24 | second << 16 | third << 8 | fourth));
    }

    List<Host> hosts() {
        return hosts;
    }

    static Address[] resolvers() {
        return RESOLVERS.clone();
    }
}
