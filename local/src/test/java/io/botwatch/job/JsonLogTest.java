package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log collector gets: one JSON object a line, whatever a message holds. */
class JsonLogTest {
    private static final Path LAYOUT = Path.of(System.getProperty("botwatch.root"), "flink-conf", "log4j2-json.properties");
    private static final String HOSTILE = "a \"quoted\" C:\\path\nsecond line\r\n\ttab \u0001 \u001b[31m, {\"level\":\"FATAL\"} ${env:HOME} %n ü 漢 🐙";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @TempDir
    private Path folder;

    /** What log4j writes on standard output under the configuration. */
    private static String written(Path configuration, Consumer<LoggerContext> logging) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try (LoggerContext context = new LoggerContext("json", null, configuration.toUri())) {
            context.start();
            logging.accept(context);
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<JsonNode> parsed(String written) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : written.split("\n")) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static void log(LoggerContext context) {
        Logger logger = context.getLogger("io.botwatch.\"odd\" logger");
        logger.info(HOSTILE);
        logger.error(HOSTILE, new IllegalStateException(HOSTILE, new IOException("cause \"quoted\"\nover lines")));
        context.getLogger("org.apache.kafka.clients").info("left out");
    }

    @Test
    void aLineParsesWhateverTheMessageHoldsAndCarriesWhatIsAskedFor() throws Exception {
        Instant start = Instant.now().minusMillis(1);
        StringBuilder written = new StringBuilder();
        Thread thread = new Thread(() -> written.append(written(LAYOUT, JsonLogTest::log)), "thread \"1\"\n");
        thread.start();
        thread.join(Duration.ofSeconds(30).toMillis());

        List<JsonNode> lines = parsed(written.toString());
        assertThat(lines).hasSize(2).allSatisfy(line -> {
            assertThat(line.fieldNames()).toIterable()
                    .containsExactly("time", "level", "logger", "thread", "message", "exception");
            assertThat(Instant.parse(line.get("time").asText())).isBetween(start, Instant.now());
            assertThat(line.get("logger").asText()).isEqualTo("io.botwatch.\"odd\" logger");
            assertThat(line.get("thread").asText()).isEqualTo("thread \"1\"\n");
            assertThat(line.get("message").asText()).isEqualTo(HOSTILE);
        });
        assertThat(lines.get(0).get("level").asText()).isEqualTo("INFO");
        assertThat(lines.get(0).get("exception").asText()).isEmpty();
        assertThat(lines.get(1).get("level").asText()).isEqualTo("ERROR");
        assertThat(lines.get(1).get("exception").asText())
                .contains("java.lang.IllegalStateException: " + HOSTILE, "JsonLogTest.log", "Caused by: java.io.IOException: cause \"quoted\"");
    }

    /** The same with what keeps a line whole taken away, so that the test above is one that can fail. */
    @Test
    void withoutTheEscapingALineDoesNotParse() throws IOException {
        for (String[] mutant : new String[][] {
            {"%enc{%m}{JSON}", "%m"}, {"%enc{%xEx}{JSON}", "%xEx"}, {"%enc{%c}{JSON}", "%c"}, {"\"exception\":\"%enc{%xEx}{JSON}\"", "\"x\":0"}
        }) {
            String layout = Files.readString(LAYOUT);
            assertThat(layout).contains(mutant[0]);
            Path broken = Files.writeString(
                    folder.resolve("mutant.properties"),
                    layout.replace(mutant[0], mutant[1]).replace("alwaysWriteExceptions = false", "alwaysWriteExceptions = true"));
            assertThat(written(broken, JsonLogTest::log))
                    .satisfies(written -> assertThatThrownBy(() -> parsed(written))
                            .isInstanceOf(IOException.class));
        }
    }
}
