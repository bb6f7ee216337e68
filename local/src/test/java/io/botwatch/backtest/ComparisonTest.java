package io.botwatch.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.finding.Finding;
import io.botwatch.finding.Severity;
import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final long DAY = 86_400_000;
    private static final long T = 1_772_323_200_000L;

    @Test
    void whatBothTellAndWhatOnlyOneTellsIsWhatAWalkThroughAllPairsFinds() {
        long only = 0;
        long changed = 0;
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Outcome> ofOld = outcomes(random);
            List<Outcome> ofNew = outcomes(random);
            Comparison comparison = Comparison.of(ofOld, ofNew);
            List<Outcome> onlyNew = ofNew.stream().filter(one -> ofOld.stream().noneMatch(other -> same(one, other))).toList();
            List<Outcome> onlyOld = ofOld.stream().filter(one -> ofNew.stream().noneMatch(other -> same(one, other))).toList();
            assertThat(comparison.onlyNew()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(onlyNew);
            assertThat(comparison.onlyOld()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(onlyOld);
            List<String> steps = new ArrayList<>();
            for (Outcome one : ofNew) {
                ofOld.stream().filter(other -> same(one, other)).map(Outcome::severity).max(Severity::compareTo)
                        .filter(before -> before != one.severity())
                        .ifPresent(before -> steps.add(one.uid() + " " + before));
            }
            assertThat(comparison.changed().stream().map(one -> one.outcome().uid() + " " + one.before()))
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(steps);
            assertThat(comparison.counts().values().stream().mapToLong(day -> day.ofNew).sum()).isEqualTo(ofNew.size());
            assertThat(comparison.counts().values().stream().mapToLong(day -> day.onlyOld).sum()).isEqualTo(onlyOld.size());
            long most = 0;
            for (int day = 0; day < 3; day++) {
                long first = T + day * DAY;
                most = Math.max(most, onlyNew.stream().filter(one -> one.atMs() >= first && one.atMs() < first + DAY).count());
            }
            assertThat(comparison.mostNewOnADay()).as("seed %d", seed).isEqualTo(most);
            only += onlyNew.size();
            changed += steps.size();
        }
        assertThat(only).isGreaterThan(1_000);
        assertThat(changed).isGreaterThan(200);
    }

    private static boolean same(Outcome one, Outcome other) {
        boolean overlap = Math.max(one.fromMs(), other.fromMs()) <= Math.min(one.toMs(), other.toMs());
        return one.type() == other.type()
                && one.host().equals(other.host())
                && overlap
                && (one.dst() == null || other.dst() == null || one.dst().equals(other.dst()))
                && (one.port() == -1 || other.port() == -1 || one.port() == other.port());
    }

    private static List<Outcome> outcomes(SplittableRandom random) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Address host = new Address(0, random.nextInt(3));
            long from = T + random.nextLong(2 * DAY);
            outcomes.add(new Outcome(
                    new UUID(random.nextLong(), random.nextLong()),
                    random.nextBoolean() ? Finding.Type.BEACON : Finding.Type.SPAM,
                    "R" + random.nextInt(2),
                    Severity.values()[random.nextInt(5)],
                    host,
                    host,
                    random.nextInt(3) == 0 ? null : new Address(0, 100 + random.nextInt(2)),
                    random.nextInt(3) == 0 ? -1 : random.nextInt(2),
                    from,
                    from + random.nextLong(DAY / 2),
                    from + random.nextLong(DAY / 2),
                    ""));
        }
        return outcomes;
    }
}
