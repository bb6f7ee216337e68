package io.botwatch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The custom resource definitions of Flink's operator as strict schemas. The API server drops a field that a definition does
 * not list, in silence; here it is a problem.
 *
 * <p>They lie in the shared folder (system property {@code botwatch.shared}); where that is absent, tests that need them are
 * skipped and say so.
 */
final class OperatorSchemas {
    private static final Path FOLDER = Path.of(System.getProperty("botwatch.shared", "shared"), "schema");
    private static final List<String> FREE = List.of("x-kubernetes-preserve-unknown-fields", "additionalProperties");

    private final Map<String, JsonSchema> byKind = new HashMap<>();

    private OperatorSchemas() {}

    /** Skips the calling test where there are none. */
    static OperatorSchemas load() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(FOLDER),
                () -> "skipped: no definitions of Flink's operator in " + FOLDER + "; set the system property botwatch.shared");
        List<Path> files;
        try (Stream<Path> listed = Files.list(FOLDER)) {
            files = listed.filter(file -> file.getFileName().toString().startsWith("crd-operator-")).toList();
        }
        Assumptions.assumeFalse(files.isEmpty(), () -> "skipped: no crd-operator-*.yml in " + FOLDER);
        OperatorSchemas schemas = new OperatorSchemas();
        for (Path file : files) {
            schemas.add(Manifest.parse(file.toString(), Files.readString(file)).get(0).content());
        }
        return schemas;
    }

    private void add(JsonNode definition) {
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
        for (JsonNode version : definition.at("/spec/versions")) {
            ObjectNode schema = version.at("/schema/openAPIV3Schema").deepCopy();
            ObjectNode properties = (ObjectNode) schema.get("properties");
            properties.putObject("apiVersion").put("type", "string");
            properties.putObject("kind").put("type", "string");
            properties.putObject("metadata").put("type", "object");
            tighten(schema);
            byKind.put(
                    definition.at("/spec/group").asText() + "/" + version.get("name").asText() + "/"
                            + definition.at("/spec/names/kind").asText(),
                    factory.getSchema(schema));
        }
    }

    /** Closes every object whose properties are listed, and lets integers or texts be what they may. */
    private static void tighten(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            if (object.path("x-kubernetes-int-or-string").asBoolean()) {
                object.remove(List.of("type", "anyOf"));
                object.putArray("type").add("integer").add("string");
            }
            if (object.path("properties").isObject()
                    && object.path("type").asText().equals("object")
                    && FREE.stream().noneMatch(object::has)) {
                object.put("additionalProperties", false);
            }
        }
        schema.forEach(OperatorSchemas::tighten);
    }

    /** Whether it is a document of the operator's. */
    static boolean define(Manifest manifest) {
        return manifest.apiVersion().startsWith("flink.apache.org/");
    }

    /** What is wrong with it, by the path of the field. */
    List<String> problems(Manifest manifest) {
        JsonSchema schema = byKind.get(manifest.apiVersion() + "/" + manifest.kind());
        if (schema == null) {
            return List.of("unknown kind " + manifest.apiVersion() + "/" + manifest.kind());
        }
        return schema.validate(manifest.content()).stream()
                .map(ValidationMessage::getMessage)
                .sorted()
                .toList();
    }
}
