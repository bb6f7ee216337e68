package io.botwatch.bench.peer;

import io.botwatch.classify.Classifier;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Route;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import io.botwatch.rules.RulesDocument;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The internal host that most connections from outside reach: a flood's victim, which a pattern of two connections drowns in. */
final class BusiestHost {
    private BusiestHost() {}

    /** The day's flows that it is no end of. */
    static FlowCursor leftOutOf(Scenario day) {
        Address busiest = of(day);
        FlowCursor cursor = day.cursor();
        return into -> {
            boolean more;
            do {
                more = cursor.next(into);
            } while (more && (into.srcLo == busiest.lo || into.dstLo == busiest.lo));
            return more;
        };
    }

    private static Address of(Scenario day) {
        Classifier classifier = new Classifier(RulesDocument.preset("aql"));
        Map<Address, Integer> reached = new HashMap<>();
        for (Flow flow : day) {
            classifier.classify(flow);
            if ((flow.routes & Route.RELAY_IN) != 0) {
                reached.merge(new Address(flow.dstHi, flow.dstLo), 1, Integer::sum);
            }
        }
        return Collections.max(reached.entrySet(), Map.Entry.comparingByValue()).getKey();
    }
}
