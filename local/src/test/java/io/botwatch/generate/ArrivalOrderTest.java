package io.botwatch.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.flow.Flow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalOrderTest {
    @Test
    void arrivalsAreOutOfOrderButNeverMoreThanNinetySecondsLate() {
        ArrivalOrder arrivals = new ArrivalOrder(Scenario.enterprise(1, 24, 0.1).cursor(), 1);
        Flow flow = new Flow();
        long latestStartMs = Long.MIN_VALUE;
        long latenessMs = 0;
        long previousArrivalMs = Long.MIN_VALUE;
        long outOfOrder = 0;
        long flows = 0;
        int held = 0;
        while (arrivals.next(flow)) {
            flows++;
            held = Math.max(held, arrivals.held());
            long durationMs = Math.min(flow.endMs - flow.startMs, ArrivalOrder.ACTIVE_TIMEOUT_MS);
            if (arrivals.arrivalMs() < previousArrivalMs
                    || arrivals.arrivalMs() < flow.startMs + durationMs
                    || arrivals.arrivalMs() > flow.startMs + durationMs + ArrivalOrder.LONGEST_EXPORT_DELAY_MS) {
                throw new AssertionError("arrived at " + arrivals.arrivalMs() + ": " + flow);
            }
            previousArrivalMs = arrivals.arrivalMs();
            if (flow.startMs < latestStartMs) {
                outOfOrder++;
                latenessMs = Math.max(latenessMs, latestStartMs - flow.startMs);
            }
            latestStartMs = Math.max(latestStartMs, flow.startMs);
        }
        assertThat(latenessMs).isBetween(40_000L, 90_000L);
        assertThat(outOfOrder).isGreaterThan(flows / 4);
        // The flood is the fullest 80 s: at most 15 000 flows in 300 s, beside the background.
        assertThat(held).isLessThan(6_000);
    }

    @Test
    void everyFlowArrivesOnceAndTheSameSeedGivesTheSameOrder() {
        List<Flow> first = read(new ArrivalOrder(Scenario.enterprise(2, 4, 0.1).cursor(), 3));
        List<Flow> again = read(new ArrivalOrder(Scenario.enterprise(2, 4, 0.1).cursor(), 3));
        List<Flow> other = read(new ArrivalOrder(Scenario.enterprise(2, 4, 0.1).cursor(), 4));
        List<Flow> started = read(Scenario.enterprise(2, 4, 0.1).cursor());
        assertThat(again.equals(first)).isTrue();
        assertThat(other.equals(first)).isFalse();
        assertThat(sorted(first).equals(sorted(started))).isTrue();
        assertThat(sorted(other).equals(sorted(started))).isTrue();
    }

    @Test
    void nothingComesOfNothing() {
        assertThat(new ArrivalOrder(into -> false, 1).next(new Flow())).isFalse();
    }

    private static List<Flow> read(FlowCursor cursor) {
        List<Flow> flows = new ArrayList<>();
        Flow flow = new Flow();
        while (cursor.next(flow)) {
            Flow kept = new Flow();
            kept.copyFrom(flow);
            flows.add(kept);
        }
        return flows;
    }

    private static List<String> sorted(List<Flow> flows) {
        return flows.stream().map(Flow::toString).sorted().toList();
    }
}
