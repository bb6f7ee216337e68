package io.botwatch.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.generate.CadenceSet;
import org.junit.jupiter.api.Test;

/** What the cadence score must not fall below, on a seed that no constant was chosen by. */
class CadenceFloorsTest {
    private static final long SEED = 201;

    @Test
    void theScoreKeepsItsFloorsOnASeededSet() {
        CadenceEvaluation measured = CadenceEvaluation.of(SEED, 1);
        System.out.println("cadence, seed " + SEED + ": " + measured);
        assertThat(measured.beacons()).isEqualTo(3_600);
        assertThat(measured.cadence().area()).as("AUC").isGreaterThanOrEqualTo(0.98).isGreaterThan(measured.rita().area());
        assertThat(measured.cadence().recall()).as("recall at 1 %% false positives").isGreaterThanOrEqualTo(0.94);
        assertThat(measured.cadence().byCondition())
                .satisfies(recall -> {
                    assertThat(recall.get(CadenceSet.MISSED_30)).as("30 %% missed").isGreaterThanOrEqualTo(0.97);
                    assertThat(recall.get(CadenceSet.SCHEDULE)).as("8 h a day").isGreaterThanOrEqualTo(0.97);
                    assertThat(recall.get(CadenceSet.WIDE_JITTER)).as("jitter of 50 %%").isGreaterThanOrEqualTo(0.97);
                    assertThat(recall.get(CadenceSet.ONE_RANDOM)).as("one random a period").isGreaterThanOrEqualTo(0.80);
                });
        assertThat(measured.aperiodic()).isEqualTo(4_650);
        assertThat(measured.alerts()).as("aperiodic tuples at the alert level").isZero();
        assertThat(measured.minutesToDetect().get(60L)).isLessThanOrEqualTo(15);
        assertThat(measured.minutesToDetect().get(300L)).isLessThanOrEqualTo(60);
        assertThat(measured.minutesToDetect().get(900L)).isLessThanOrEqualTo(150);
    }
}
