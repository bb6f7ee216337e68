package io.botwatch.finding;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The compiled schema of OCSF 1.8.0 Detection Finding, for tests of any module that emit findings.
 *
 * <p>It lies in the shared folder (system property {@code botwatch.shared}); where that is absent, tests that need it are
 * skipped and say so.
 */
public final class OcsfSchema {
    private static final Path FILE = Path.of(
            System.getProperty("botwatch.shared", "shared"), "schema", "ocsf-1.8.0-detection-finding.schema.json");

    private OcsfSchema() {}

    public static boolean isAvailable() {
        return Files.isReadable(FILE);
    }

    /** Fails with every violation and the text; skips the calling test where the schema is absent. */
    public static void assertValid(byte[] json) {
        Assumptions.assumeTrue(
                isAvailable(), () -> "skipped: no OCSF schema at " + FILE + "; set the system property botwatch.shared");
        String text = new String(json, StandardCharsets.UTF_8);
        assertThat(Compiled.SCHEMA.validate(text, InputFormat.JSON)).as(text).isEmpty();
    }

    /** Compiled at first use, which is after it is known to be there. */
    private static final class Compiled {
        static final JsonSchema SCHEMA = compile();

        private static JsonSchema compile() {
            try {
                SchemaValidatorsConfig config =
                        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
                return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(Files.readString(FILE), InputFormat.JSON, config);
            } catch (IOException e) {
                throw new UncheckedIOException("reading " + FILE, e);
            }
        }
    }
}
