package io.botwatch.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code kubectl kustomize} makes of a folder. It asks no API server. */
final class Rendering {
    private static final int SECONDS = 60;
    /** Older ones know neither folders among resources nor components. */
    private static final int OLDEST_KUSTOMIZE = 4;

    private Rendering() {}

    /** Skips the calling test where there is no kubectl, or one that is too old. */
    static void assumeKubectl(Path scratch) throws IOException, InterruptedException {
        String version;
        try {
            version = run(scratch, List.of("kubectl", "version", "--client"));
        } catch (IOException e) {
            assumeTrue(false, "skipped: no kubectl; 1.25 or later is needed to render k8s/");
            return;
        }
        Matcher kustomize = Pattern.compile("Kustomize Version: v(\\d+)").matcher(version);
        assumeTrue(
                kustomize.find() && Integer.parseInt(kustomize.group(1)) >= OLDEST_KUSTOMIZE,
                "skipped: kubectl 1.25 or later is needed to render k8s/, and this one says " + version.strip());
    }

    /**
     * @param folder below k8s/
     * @throws AssertionError with what kubectl said, when it fails or warns
     */
    static List<Manifest> of(String folder, Path scratch) throws IOException, InterruptedException {
        return Manifest.parse(folder, run(scratch, List.of("kubectl", "kustomize", Manifest.FOLDER.resolve(folder).toString())));
    }

    private static String run(Path scratch, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(scratch, "kubectl", ".out");
        Path errors = Files.createTempFile(scratch, "kubectl", ".err");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(errors.toFile()).start();
        try {
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            String said = Files.readString(errors, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0 || !said.isBlank()) {
                throw new AssertionError(command + (ended ? " said: " + said : " did not end"));
            }
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }
}
