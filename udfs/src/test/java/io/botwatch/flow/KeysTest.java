package io.botwatch.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

/** Keys decide in which part of a savepoint state lies: their hashes are for ever. */
class KeysTest {
    private static final int MAX_PARALLELISM = 720;

    @Test
    void keysStayInTheKeyGroupsInWhichSavepointsHaveThem() {
        Address v4 = Address.parse("10.0.3.7");
        Address v6 = Address.parse("2001:db8::7");
        assertThat(new int[] {
                    group(v4),
                    group(v6),
                    group(new Endpoint(v4.hi, v4.lo, 443)),
                    group(new Endpoint(v6.hi, v6.lo, 0)),
                    group(new ConnectionKey(v4.hi, v4.lo, v6.hi, v6.lo, 8443, 6)),
                    group(new ConnectionKey(v4.hi, v4.lo, v6.hi, v6.lo, 8443, ConnectionKey.ANY_PROTOCOL)),
                    group("BEACON-SLOW|10.0.3.7|203.0.113.7|8443|6")
                })
                .containsExactly(688, 125, 475, 157, 314, 352, 136);
    }

    private static int group(Object key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, MAX_PARALLELISM);
    }

    @Test
    void neighbouringAddressesSpreadOverTheKeyGroups() {
        int[] counts = new int[MAX_PARALLELISM];
        for (int i = 0; i < 72_000; i++) {
            counts[group(new Address(0, Flows.internal(i)))]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(50, 160);
        }
    }

    @Test
    void allRecordsOfAConnectionHaveOneKeyWhicheverWayTheyGo() {
        ConnectionKeySelector selector = ConnectionKeySelector.byConnection();
        for (long seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 500; i++) {
                Flow flow = Flows.random(random);
                flow.biflow = false;
                flow.mayBePiece = true;
                if (random.nextInt(10) == 0) {
                    flow.dstHi = flow.srcHi;
                    flow.dstLo = flow.srcLo;
                }
                ConnectionKey key = key(selector, flow);
                assertThat(key(selector, reversed(flow))).as("seed %d: %s", seed, flow).isEqualTo(key);
                assertThat(key.hashCode()).isEqualTo(key(selector, reversed(flow)).hashCode());
                assertThat(Address.compare(key.aHi, key.aLo, key.bHi, key.bLo)).isLessThanOrEqualTo(0);
                assertThat(key.port).isIn(flow.srcPort, flow.dstPort, ConnectionKey.UNTOLD_PORT);
                assertThat(key.protocol).isEqualTo(flow.protocol);
            }
        }
    }

    @Test
    void connectionsToOneServiceHaveOneKeyWhateverPortsTheClientTakes() {
        ConnectionKeySelector selector = ConnectionKeySelector.byConnection();
        for (int service : new int[] {443, 1_337, 50_050}) {
            ConnectionKey key = null;
            for (int clientPort = 1_024; clientPort < 65_536; clientPort++) {
                Flow flow = Flows.flow(Flows.internal(1), clientPort, Flows.external(1), service, Flows.T);
                flow.mayBePiece = true;
                if (new ServicePorts().known(clientPort, 50_051) == ServicePorts.Side.SOURCE) {
                    continue; // an unlucky client: its port is known for a service
                }
                key = key == null ? key(selector, flow) : key;
                assertThat(key(selector, flow)).isEqualTo(key);
            }
        }
    }

    @Test
    void theServicePortOfAConnectionIsItsRespondersWhateverThePorts() {
        Flow flow = Flows.flow(Flows.internal(1), 443, Flows.external(1), 50_000, Flows.T);
        assertThat(key(ConnectionKeySelector.byConnection(), flow).port).isEqualTo(50_000);
        flow.mayBePiece = true;
        assertThat(key(ConnectionKeySelector.byConnection(), flow).port).isEqualTo(443);
    }

    @Test
    void asRecordedNothingIsSwappedAndProtocolsAreNotToldApart() {
        ConnectionKeySelector selector = ConnectionKeySelector.asRecorded();
        Flow flow = Flows.flow(Flows.external(1), 443, Flows.internal(1), 50_000, Flows.T);
        ConnectionKey key = key(selector, flow);
        assertThat(key).hasToString("198.18.0.1,10.0.0.1,50000,255");
        flow.protocol = 17;
        assertThat(key(selector, flow)).isEqualTo(key);
        assertThat(key(selector, reversed(flow))).isNotEqualTo(key);
    }

    @Test
    void aReplyHasTheServiceOnTheOtherSide() {
        ServicePorts ports = new ServicePorts();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            int a = random.nextInt(random.nextBoolean() ? 1_024 : 65_536);
            int b = random.nextInt(65_536);
            ServicePorts.Side reply = switch (ports.likely(a, b)) {
                case SOURCE -> ServicePorts.Side.DESTINATION;
                case DESTINATION -> ServicePorts.Side.SOURCE;
                case UNKNOWN -> ServicePorts.Side.UNKNOWN;
            };
            assertThat(ports.likely(b, a)).as("%d, %d", a, b).isEqualTo(reply);
        }
        assertThat(ports.known(50_000, 1_337)).isEqualTo(ServicePorts.Side.UNKNOWN);
        assertThat(ports.likely(50_000, 443)).isEqualTo(ServicePorts.Side.DESTINATION);
        assertThat(ports.likely(1_025, 8443)).as("known beats low").isEqualTo(ServicePorts.Side.DESTINATION);
        assertThat(ports.likely(50_000, 1_337)).as("else the one that is not ephemeral").isEqualTo(ServicePorts.Side.DESTINATION);
        assertThat(ports.likely(50_001, 50_000)).isEqualTo(ServicePorts.Side.UNKNOWN);
        assertThat(ports.likely(123, 123)).isEqualTo(ServicePorts.Side.UNKNOWN);
    }

    private static ConnectionKey key(ConnectionKeySelector selector, Flow flow) {
        try {
            return selector.getKey(flow);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Flow reversed(Flow flow) {
        Flow reversed = new Flow();
        reversed.copyFrom(flow);
        reversed.srcHi = flow.dstHi;
        reversed.srcLo = flow.dstLo;
        reversed.srcPort = flow.dstPort;
        reversed.dstHi = flow.srcHi;
        reversed.dstLo = flow.srcLo;
        reversed.dstPort = flow.srcPort;
        return reversed;
    }
}
