package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bill of materials lists what the jar holds, and NOTICE names it. Both are there once the job module is packaged. */
class BillOfMaterialsTest {
    private static final Path ROOT = Path.of(System.getProperty("botwatch.root"));

    /** Where each component's classes lie in the jar. */
    private static final Map<String, String> COMPONENTS = Map.ofEntries(
            Map.entry("io.botwatch:botwatch-udfs", "io/botwatch/flow/"),
            Map.entry("io.botwatch:botwatch-cep-patterns", "io/botwatch/pattern/"),
            Map.entry("at.yawk.lz4:lz4-java", "net/jpountz/"),
            Map.entry("com.fasterxml.jackson.core:jackson-annotations", "io/botwatch/shaded/jackson/annotation/"),
            Map.entry("com.fasterxml.jackson.core:jackson-core", "io/botwatch/shaded/jackson/core/"),
            Map.entry("com.fasterxml.jackson.core:jackson-databind", "io/botwatch/shaded/jackson/databind/"),
            Map.entry("com.fasterxml.jackson.dataformat:jackson-dataformat-yaml", "io/botwatch/shaded/jackson/dataformat/yaml/"),
            Map.entry("com.fasterxml.jackson.datatype:jackson-datatype-jdk8", "io/botwatch/shaded/jackson/datatype/jdk8/"),
            Map.entry("com.fasterxml.jackson.datatype:jackson-datatype-jsr310", "io/botwatch/shaded/jackson/datatype/jsr310/"),
            Map.entry("com.github.luben:zstd-jni", "com/github/luben/zstd/"),
            Map.entry("org.apache.commons:commons-lang3", "org/apache/commons/lang3/"),
            Map.entry("org.apache.datasketches:datasketches-java", "org/apache/datasketches/"),
            Map.entry("org.apache.datasketches:datasketches-memory", "org/apache/datasketches/memory/"),
            Map.entry("org.apache.flink:flink-connector-kafka", "org/apache/flink/"),
            Map.entry("org.apache.kafka:kafka-clients", "org/apache/kafka/"),
            Map.entry("org.xerial.snappy:snappy-java", "org/xerial/snappy/"),
            Map.entry("org.yaml:snakeyaml", "io/botwatch/shaded/snakeyaml/"));

    /** kafka-clients names it, and the plugin lists it for that; the cluster brings it, and the jar leaves it out. */
    private static final Set<String> LISTED_BUT_NOT_IN_THE_JAR = Set.of("org.slf4j:slf4j-api");

    private static Set<String> listed;
    private static Set<String> classes;

    @BeforeAll
    static void read() throws IOException {
        Path target = ROOT.resolve(Path.of("job", "target"));
        listed = new TreeSet<>();
        for (JsonNode component : new ObjectMapper().readTree(only(target, "-all.cdx.json").toFile()).path("components")) {
            listed.add(component.path("group").asText() + ":" + component.path("name").asText());
        }
        try (JarFile jar = new JarFile(only(target, "-all.jar").toFile())) {
            classes = jar.stream()
                    .map(entry -> entry.getName().replaceFirst("^META-INF/versions/\\d+/", ""))
                    .filter(name -> name.endsWith(".class"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Path only(Path folder, String end) throws IOException {
        assumeThat(folder).as("the job module is not packaged").exists();
        try (Stream<Path> files = Files.list(folder)) {
            var found = files.filter(file -> file.toString().endsWith(end)).toList();
            assumeThat(found).as("the job module is not packaged: mvn verify does").hasSize(1);
            return found.get(0);
        }
    }

    @Test
    void everyListedComponentIsInTheJar() {
        Set<String> expected = new TreeSet<>(COMPONENTS.keySet());
        expected.addAll(LISTED_BUT_NOT_IN_THE_JAR);
        assertThat(listed).isEqualTo(expected);
        COMPONENTS.forEach((component, packages) ->
                assertThat(classes.stream().filter(name -> name.startsWith(packages))).as(component).isNotEmpty());
        assertThat(classes).noneMatch(name -> name.startsWith("org/slf4j/"));
    }

    @Test
    void everyClassOfTheJarIsOfAListedComponent() {
        assertThat(unlisted(classes)).isEmpty();
        // The planted fault: a library that nobody listed.
        Set<String> more = new TreeSet<>(classes);
        more.add("com/example/Stowaway.class");
        assertThat(unlisted(more)).containsExactly("com/example/Stowaway.class");
    }

    private static Set<String> unlisted(Set<String> classes) {
        return classes.stream()
                .filter(name -> !name.startsWith("io/botwatch/") || name.startsWith("io/botwatch/shaded/"))
                .filter(name -> COMPONENTS.values().stream().noneMatch(name::startsWith))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theNoticeNamesEveryComponentOfOthers() throws IOException {
        String notice = Files.readString(ROOT.resolve("NOTICE"));
        assertThat(COMPONENTS.keySet().stream().filter(component -> !component.startsWith("io.botwatch:")))
                .allSatisfy(component -> assertThat(notice).contains(component + " "));
    }
}
