package io.botwatch.bench.peer;

import io.botwatch.beacon.BeaconRule;
import io.botwatch.relay.RelayRule;
import io.botwatch.rule.Rule;
import io.botwatch.volumetric.VolumetricRule;

/** The three original queries, and the type of rule that asks each. */
enum Query {
    BEACON(BeaconRule.class),
    VOLUMETRIC(VolumetricRule.class),
    RELAY(RelayRule.class);

    final Class<? extends Rule> rule;

    Query(Class<? extends Rule> rule) {
        this.rule = rule;
    }
}
