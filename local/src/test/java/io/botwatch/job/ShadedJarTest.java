package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a cluster is handed. The jar is there once the job module is packaged, as in {@code mvn verify}. */
class ShadedJarTest {
    private static final long MAX_BYTES = 32L << 20;

    private static Path jar() throws IOException {
        Path target = Path.of(System.getProperty("botwatch.root"), "job", "target");
        assumeThat(target).as("the job module is not packaged").exists();
        try (Stream<Path> files = Files.list(target)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith("-all.jar")).toList();
            assumeThat(jars).as("the job module is not packaged: mvn verify does").hasSize(1);
            return jars.get(0);
        }
    }

    @Test
    void itBringsNeitherFlinksRuntimeNorCepNorALoggingBackendNorTheCommand() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            List<String> classes = jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith(".class")).toList();
            assertThat(classes)
                    .contains("io/botwatch/job/BotwatchJob.class", "org/apache/flink/connector/kafka/source/KafkaSource.class")
                    .noneMatch(name -> name.startsWith("org/apache/flink/runtime/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/streaming/api/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/api/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/core/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/cep/"))
                    .noneMatch(name -> name.startsWith("org/apache/flink/connector/base/"))
                    .noneMatch(name -> name.startsWith("org/apache/logging/"))
                    .noneMatch(name -> name.startsWith("org/slf4j/"))
                    .noneMatch(name -> name.startsWith("ch/qos/logback/"))
                    .noneMatch(name -> name.startsWith("com/fasterxml/"))
                    .noneMatch(name -> name.startsWith("org/yaml/"))
                    .noneMatch(name -> name.startsWith("kafka/"))
                    .noneMatch(name -> name.startsWith("picocli/"))
                    .noneMatch(name -> name.startsWith("io/botwatch/local/"));
        }
    }

    @Test
    void zstandardIsInItOnce() throws IOException {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(jar.stream().map(entry -> entry.getName()).filter(name -> name.endsWith("/zstd/Zstd.class")))
                    .containsExactly("com/github/luben/zstd/Zstd.class");
            assertThat(jar.stream().map(entry -> entry.getName()).filter(name -> name.startsWith("linux/amd64/libzstd")))
                    .hasSize(1);
        }
    }

    @Test
    void itNamesItsMainClassBringsTheRulesAsShippedAndStaysUnderItsSize() throws IOException {
        Path path = jar();
        try (JarFile jar = new JarFile(path.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class")).isEqualTo("io.botwatch.job.BotwatchJob");
            assertThat(jar.getEntry("io/botwatch/rules/rules.yaml")).isNotNull();
            assertThat(jar.getEntry("io/botwatch/rules/rules-aql.yaml")).isNotNull();
        }
        assertThat(Files.size(path)).isLessThan(MAX_BYTES);
    }
}
