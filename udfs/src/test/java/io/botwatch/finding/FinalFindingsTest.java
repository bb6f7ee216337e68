package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinalFindingsTest {

    @TempDir
    Path directory;

    @Test
    void manyFindingsInLittleMemoryComeOutAsAMapAndASortWouldGiveThem() throws IOException {
        long seed = 4711;
        SplittableRandom random = new SplittableRandom(seed);
        Map<UUID, byte[]> oracle = new HashMap<>();
        Map<UUID, Long> firstSeen = new HashMap<>();
        // 256 KiB in memory of about 30 MB: more runs than are merged at once.
        try (FinalFindings findings = new FinalFindings(256 << 10, directory)) {
            for (int i = 0; i < 200_000; i++) {
                Finding finding = SampleFindings.random(random, 120_000);
                findings.add(finding);
                oracle.put(finding.uid, bytes(finding));
                firstSeen.put(finding.uid, finding.firstSeenMs);
            }
            List<UUID> expected = new ArrayList<>(oracle.keySet());
            expected.sort(Comparator.comparing((UUID uid) -> firstSeen.get(uid)).thenComparing(UUID::toString));
            assertThat(findings.size()).as("seed %d", seed).isEqualTo(expected.size());
            Iterator<UUID> next = expected.iterator();
            findings.forEach(finding -> {
                if (!finding.uid.equals(next.next())) {
                    throw new AssertionError("seed " + seed + ": out of order at " + finding.uid);
                }
                assertThat(bytes(finding)).isEqualTo(oracle.get(finding.uid));
            });
            assertThat(next).isExhausted();
            assertThat(files()).as("it did spill").isGreaterThan(10);
        }
        assertThat(files()).isZero();
    }

    @Test
    void theLastStateOfAFindingStaysAlsoWhenItsFirstSeenChanges() {
        try (FinalFindings findings = new FinalFindings(1, directory)) {
            Finding a = finding(1, 100, "a");
            Finding b = finding(2, 200, "b");
            findings.add(a);
            findings.add(b);
            findings.add(finding(1, 300, "a later"));
            assertThat(messages(findings)).containsExactly("b", "a later");
        }
    }

    @Test
    void equalTimesAreOrderedByTheTextOfTheUid() {
        try (FinalFindings findings = new FinalFindings(1 << 20, directory)) {
            findings.add(finding(-1, 100, "f"));
            findings.add(finding(1, 100, "0"));
            findings.add(finding(1, -5, "before"));
            findings.add(finding(0x7000_0000_0000_0000L, 100, "7"));
            findings.add(finding(1, 100, "0 again"));
            assertThat(messages(findings)).containsExactly("0 again", "7", "f");
        }
    }

    @Test
    void whatIsAddedAfterReadingCountsToo() {
        try (FinalFindings findings = new FinalFindings(1, directory)) {
            findings.add(finding(1, 100, "a"));
            assertThat(findings.size()).isEqualTo(1);
            findings.add(finding(2, 50, "b"));
            assertThat(messages(findings)).containsExactly("b", "a");
            assertThat(messages(findings)).containsExactly("b", "a");
            assertThat(findings.size()).isEqualTo(2);
        }
    }

    @Test
    void aFindingMayBeReusedAfterItWasAdded() {
        try (FinalFindings findings = new FinalFindings(1 << 20, directory)) {
            Finding finding = finding(1, 100, "a");
            findings.add(finding);
            finding.uid = new UUID(2, 2);
            finding.message = "b";
            findings.add(finding);
            assertThat(messages(findings)).containsExactly("a", "b");
        }
    }

    @Test
    void nothingAddedGivesNothing() {
        try (FinalFindings findings = new FinalFindings()) {
            assertThat(findings.size()).isZero();
            findings.forEach(finding -> {
                throw new AssertionError("nothing was added");
            });
        }
    }

    @Test
    void filesAreDeletedOnCloseAndAClosedOneIsRefused() throws IOException {
        FinalFindings findings = new FinalFindings(1, directory);
        findings.add(finding(1, 100, "a"));
        findings.add(finding(2, 100, "b"));
        assertThat(files()).isPositive();
        findings.close();
        findings.close();
        assertThat(files()).isZero();
        assertThatThrownBy(() -> findings.add(finding(1, 100, "a"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(findings::size).isInstanceOf(IllegalStateException.class);
    }

    private static Finding finding(long uid, long firstSeenMs, String message) {
        Finding finding = new Finding();
        finding.uid = new UUID(uid, 0);
        finding.firstSeenMs = firstSeenMs;
        finding.message = message;
        return finding;
    }

    private static List<String> messages(FinalFindings findings) {
        List<String> messages = new ArrayList<>();
        findings.forEach(finding -> messages.add(finding.message));
        return messages;
    }

    private static byte[] bytes(Finding finding) {
        try {
            DataOutputSerializer out = new DataOutputSerializer(256);
            FindingSerializer.INSTANCE.serialize(finding, out);
            return out.getCopyOfBuffer();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long files() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.count() - 1;
        }
    }
}
