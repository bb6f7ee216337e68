package io.botwatch.bench.peer;

import io.botwatch.classify.Classifier;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Route;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.rules.RulesDocument;
import java.util.HashMap;
import java.util.Map;

/** Internal hosts that a flood from outside reaches: a pattern of two connections drowns in them. */
final class FloodedHosts {
    private static final int CONNECTIONS = 1_000;

    private FloodedHosts() {}

    /** The day's flows that none of them is an end of. */
    static FlowCursor leftOutOf(Scenario day) {
        Map<Address, Integer> reached = reached(day);
        reached.values().removeIf(connections -> connections <= CONNECTIONS);
        FlowCursor cursor = day.cursor();
        return into -> {
            boolean more;
            do {
                more = cursor.next(into);
            } while (more
                    && (reached.containsKey(new Address(into.srcHi, into.srcLo))
                            || reached.containsKey(new Address(into.dstHi, into.dstLo))));
            return more;
        };
    }

    /** How many connections from outside reach each host. */
    private static Map<Address, Integer> reached(Scenario day) {
        Classifier classifier = new Classifier(RulesDocument.preset("aql"));
        Map<Address, Integer> reached = new HashMap<>();
        for (Flow flow : day) {
            classifier.classify(flow);
            if ((flow.routes & Route.RELAY_IN) != 0) {
                reached.merge(new Address(flow.dstHi, flow.dstLo), 1, Integer::sum);
            }
        }
        return reached;
    }
}
