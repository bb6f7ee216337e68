package io.botwatch.cadence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * RITA's own unit tests, as numbers: every case of every function that its beacon score is made of. What RITA shows and
 * does not score (distinct counts and modes), and the severity it makes of a score, are not part of it.
 */
class RitaVectorsTest {
    private static final Offset<Double> TOLERANCE = within(0.001);
    private static final Offset<Double> EDGE_TOLERANCE = within(0.01);

    /** What a function of RITA must give for a case. */
    private interface Check {
        void of(JsonNode vector);
    }

    private static final Map<String, Check> CHECKS = new TreeMap<>(Map.ofEntries(
            Map.entry("TestGetBeaconScore", RitaVectorsTest::weightedScore),
            Map.entry("TestGetTimestampScore", RitaVectorsTest::timeScore),
            Map.entry("TestGetDataSizeScore", v -> statisticalScore(v, doubles(v, "bytesList"), 0)),
            Map.entry("TestCalculateStatisticalScore", v -> statisticalScore(v, doubles(v, "values"), v.path("defaultMadScore").asDouble())),
            Map.entry("TestGetDurationScore", RitaVectorsTest::durationScore),
            Map.entry("TestGetHistogramScore", RitaVectorsTest::histogramScore),
            Map.entry("TestCalculateBowleySkewness", RitaVectorsTest::skewness),
            Map.entry("TestCalculateMedianAbsoluteDeviation", RitaVectorsTest::deviation),
            Map.entry("TestComputeHistogramBins", RitaVectorsTest::edges),
            Map.entry("TestCalculateCoefficientOfVariationScore", RitaVectorsTest::evenness),
            Map.entry("TestCalculateBimodalFitScore", RitaVectorsTest::twoLevels),
            Map.entry("TestCreateHistogram", RitaVectorsTest::histogram),
            Map.entry("TestGetFrequencyCounts", RitaVectorsTest::levels)));

    private static final String NOT_SCORED = "TestCalculateDistinctCounts";

    @TestFactory
    Stream<DynamicTest> everyCaseOfRitasOwnTestsGivesRitasNumbers() throws IOException {
        JsonNode functions = vectors().get("unit_tests");
        assertThat(functions.fieldNames())
                .toIterable()
                .filteredOn(name -> !name.equals(NOT_SCORED))
                .containsExactlyInAnyOrderElementsOf(CHECKS.keySet());
        return CHECKS.entrySet().stream()
                .flatMap(check -> StreamSupport.stream(functions.get(check.getKey()).spliterator(), false)
                        .map(vector -> dynamicTest(
                                check.getKey() + ": " + vector.get("name").asText(), () -> verify(check.getValue(), vector))));
    }

    @TestFactory
    Stream<DynamicTest> beaconsOfRealTrafficGetRitasScore() throws IOException {
        return StreamSupport.stream(vectors().get("real_data_vectors").spliterator(), false)
                .map(vector -> dynamicTest(vector.get("name").asText(), () -> {
                    RitaScore score = RitaScore.of(
                            longs(vector.get("input"), "ts"),
                            longs(vector.get("input"), "src_ip_bytes"),
                            vector.get("dataset_min_ts").asLong(),
                            vector.get("dataset_max_ts").asLong());
                    JsonNode expected = vector.get("recomputed");
                    assertThat(score.time()).isCloseTo(expected.get("ts").asDouble(), TOLERANCE);
                    assertThat(score.size()).isCloseTo(expected.get("ds").asDouble(), TOLERANCE);
                    assertThat(score.histogram()).isCloseTo(expected.get("hist").asDouble(), TOLERANCE);
                    assertThat(score.duration()).isCloseTo(expected.get("dur").asDouble(), TOLERANCE);
                    double published = vector.get("expected_by_rita_tests").get("beacon_score").asDouble();
                    assertThat(score.total()).isCloseTo(published, TOLERANCE);
                }));
    }

    /** The file, or the test is skipped saying so. */
    private static JsonNode vectors() throws IOException {
        String shared = System.getProperty("botwatch.shared");
        assumeTrue(shared != null, "no -Dbotwatch.shared: RITA's test vectors are not available");
        Path file = Path.of(shared).resolve("vectors").resolve("rita.json");
        assumeTrue(Files.isRegularFile(file), "RITA's test vectors " + file + " are not available");
        return new ObjectMapper().readTree(file.toFile());
    }

    private static void verify(Check check, JsonNode vector) {
        if (vector.path("expectedError").asBoolean() || vector.path("expectError").asBoolean()) {
            assertThatThrownBy(() -> check.of(vector)).isInstanceOf(IllegalArgumentException.class);
        } else {
            check.of(vector);
        }
    }

    private static void weightedScore(JsonNode v) {
        double[] scores = Stream.of("tsScore", "dsScore", "durScore", "histScore").mapToDouble(name -> v.get(name).asDouble()).toArray();
        double[] weights = Stream.of("tsWeight", "dsWeight", "durWeight", "histWeight").mapToDouble(name -> v.get(name).asDouble()).toArray();
        assertThat(RitaScore.weighted(scores, weights)).isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
    }

    private static void timeScore(JsonNode v) {
        double[] intervals = RitaScore.intervals(longs(v, "tsList"));
        statisticalScore(v, intervals, 1);
        assertThat(Arrays.stream(intervals).distinct().toArray()).containsExactly(doubles(v, "expectedUniqueIntervals"));
    }

    private static void statisticalScore(JsonNode v, double[] values, double ofZero) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        assertThat(RitaStatistics.score(sorted, ofZero)).isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
        assertThat(RitaStatistics.skewness(sorted)).isCloseTo(v.get("expectedSkew").asDouble(), TOLERANCE);
        assertThat(RitaStatistics.medianAbsoluteDeviation(sorted)).isCloseTo(v.get("expectedMAD").asDouble(), TOLERANCE);
    }

    private static void durationScore(JsonNode v) {
        int minBars = v.path("minHoursThreshold").asInt();
        int bars = v.get("totalBars").asInt();
        double coverage = RitaHistogram.coverage(
                v.get("histMin").asLong(), v.get("histMax").asLong(), v.get("datasetMin").asLong(), v.get("datasetMax").asLong());
        double consistency = RitaHistogram.consistency(v.get("longestConsecutiveRun").asInt());
        double score = RitaHistogram.durationScore(coverage, consistency, bars, minBars);
        assertThat(score).isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
        if (bars >= minBars) { // else RITA does not look at them
            assertThat(coverage).isCloseTo(v.get("expectedCoverage").asDouble(), TOLERANCE);
            assertThat(consistency).isCloseTo(v.get("expectedConsistency").asDouble(), TOLERANCE);
        }
    }

    private static void histogramScore(JsonNode v) {
        int bars = v.path("beaconTimeSpan").asInt(24);
        double[] edges = RitaHistogram.edges(v.path("datasetMin").asLong(), v.path("datasetMax").asLong(), bars);
        RitaHistogram histogram = RitaHistogram.of(longs(v, "tsList"), edges);
        assertThat(edges).containsExactly(doubles(v, "expectedBinEdges"), EDGE_TOLERANCE);
        assertShape(histogram, v, v.get("modalSensitivity").asDouble());
        assertThat(histogram.score(v.get("minHoursForBimodalAnalysis").asInt()))
                .isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
    }

    private static void histogram(JsonNode v) {
        long[] sorted = Arrays.stream(longs(v, "tsList")).sorted().toArray();
        assertShape(RitaHistogram.of(sorted, doubles(v, "binEdges")), v, v.get("modalSensitivity").asDouble());
    }

    private static void assertShape(RitaHistogram histogram, JsonNode v, double width) {
        assertThat(histogram.bars()).containsExactly(ints(v, "expectedHistogram"));
        assertThat(histogram.barsInUse()).isEqualTo(v.get("expectedTotalBars").asInt());
        assertThat(histogram.longestRun()).isEqualTo(v.get("expectedLongestRun").asInt());
        assertThat(histogram.levels(width)).isEqualTo(counts(v.get("expectedFreqCount")));
    }

    private static void levels(JsonNode v) {
        RitaHistogram histogram = RitaHistogram.ofBars(ints(v, "histogram"));
        assertThat(histogram.levels(v.get("bimodalSensitivity").asDouble())).isEqualTo(counts(v.get("expectedCounts")));
        assertThat(histogram.barsInUse()).isEqualTo(v.get("totalBars").asInt());
        assertThat(histogram.longestRun()).isEqualTo(v.get("longestRun").asInt());
    }

    private static void skewness(JsonNode v) {
        double[] sorted = Arrays.stream(doubles(v, "intervalsBetweenTimestamps")).sorted().toArray();
        assertThat(RitaStatistics.skewness(sorted)).isCloseTo(v.get("expectedSkewness").asDouble(), TOLERANCE);
        assertThat(RitaStatistics.skewnessScore(sorted)).isCloseTo(v.get("expectedSkewnessScore").asDouble(), TOLERANCE);
    }

    private static void deviation(JsonNode v) {
        double[] sorted = Arrays.stream(doubles(v, "inputData")).sorted().toArray();
        assertThat(RitaStatistics.medianAbsoluteDeviation(sorted)).isCloseTo(v.get("expectedMAD").asDouble(), TOLERANCE);
        assertThat(RitaStatistics.deviationScore(sorted, v.get("defaultScore").asDouble()))
                .isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
    }

    private static void edges(JsonNode v) {
        double[] edges = RitaHistogram.edges(v.get("startTime").asLong(), v.get("endTime").asLong(), v.get("numBins").asInt());
        assertThat(edges).containsExactly(doubles(v, "expectedBinEdges"), EDGE_TOLERANCE);
    }

    private static void evenness(JsonNode v) {
        assertThat(RitaHistogram.ofBars(ints(v, "freqList")).evenness()).isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
    }

    private static void twoLevels(JsonNode v) {
        assertThat(RitaHistogram.twoLevels(
                        counts(v.get("freqCount")), v.get("totalBars").asInt(), v.get("minHoursForBimodalAnalysis").asInt()))
                .isCloseTo(v.get("expectedScore").asDouble(), TOLERANCE);
    }

    private static TreeMap<Integer, Integer> counts(JsonNode byKey) {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        byKey.fields().forEachRemaining(entry -> counts.put(Integer.valueOf(entry.getKey()), entry.getValue().asInt()));
        return counts;
    }

    private static double[] doubles(JsonNode vector, String name) {
        return StreamSupport.stream(vector.get(name).spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    }

    private static long[] longs(JsonNode vector, String name) {
        return StreamSupport.stream(vector.get(name).spliterator(), false).mapToLong(JsonNode::asLong).toArray();
    }

    private static int[] ints(JsonNode vector, String name) {
        return StreamSupport.stream(vector.get(name).spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }
}
