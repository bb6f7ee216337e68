package io.botwatch.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Class paths of processes of their own, from the jars that this test runs with. */
final class Libraries {
    private static final List<String> IN_A_FLINK_DISTRIBUTION = List.of(
            "flink-", "frocksdbjni-", "commons-", "kryo-", "minlog-", "objenesis-", "reflectasm-", "javassist-", "lz4-java-",
            "snappy-java-", "snakeyaml-engine-", "jsr305-", "slf4j-api-", "log4j-");
    private static final List<String> NOT_IN_IT = List.of("flink-connector-kafka-", "flink-test-", "flink-table-");

    private Libraries() {}

    /** What lies in {@code lib/} of a Flink distribution: the runtime, RocksDB, CEP, a logging backend; nothing of Botwatch's. */
    static List<Path> flink() {
        return jars(name -> IN_A_FLINK_DISTRIBUTION.stream().anyMatch(name::startsWith)
                && NOT_IN_IT.stream().noneMatch(name::startsWith)
                && !name.endsWith("-tests.jar"));
    }

    /** What a Kafka broker needs. */
    static List<Path> kafka() {
        return jars(name -> !name.startsWith("flink-") && !name.startsWith("botwatch-"));
    }

    private static List<Path> jars(Predicate<String> wanted) {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .map(Path::of)
                .filter(path -> path.toString().endsWith(".jar"))
                .filter(path -> wanted.test(path.getFileName().toString()))
                .toList();
    }
}
