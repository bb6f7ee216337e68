package io.botwatch.kubernetes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What this project uses of a kustomization, or of a component. Anything else is an unknown field. */
record Kustomization(
        String apiVersion,
        String kind,
        String namespace,
        String nameSuffix,
        List<String> resources,
        List<String> components,
        List<String> configurations,
        List<Generator> configMapGenerator,
        List<Patch> patches,
        List<Replacement> replacements) {

    Kustomization {
        resources = orNone(resources);
        components = orNone(components);
        configurations = orNone(configurations);
        configMapGenerator = orNone(configMapGenerator);
        patches = orNone(patches);
        replacements = orNone(replacements);
    }

    /** A ConfigMap of files; {@code name=file} renames one. */
    record Generator(String name, List<String> files, Options options) {}

    record Options(boolean disableNameSuffixHash, Map<String, String> annotations) {}

    /** In a file, or inline. */
    record Patch(String path, String patch, Map<String, String> target) {}

    record Replacement(Source source, List<Target> targets) {}

    record Source(String kind, String name, String fieldPath) {}

    record Target(Map<String, String> select, List<String> fieldPaths, Map<String, Boolean> options) {}

    /** A file of {@code configurations}: where kinds name others. */
    record NameReferences(List<NameReference> nameReference) {}

    record NameReference(String kind, String version, List<FieldSpec> fieldSpecs) {}

    record FieldSpec(String kind, @JsonProperty(required = true) String path) {}

    /** Patches within it that are parts of an object; lists of operations can only be judged when they are rendered. */
    static List<Manifest> inlinePatches(Manifest kustomization) {
        List<Manifest> patches = new ArrayList<>();
        for (JsonNode entry : kustomization.content().path("patches")) {
            for (Manifest patch : Manifest.parse(kustomization.where() + " patch", entry.path("patch").asText())) {
                if (patch.content() instanceof ObjectNode object) {
                    object.remove("$patch");
                    patches.add(patch);
                }
            }
        }
        return patches;
    }

    static boolean is(JsonNode document) {
        return document.path("apiVersion").asText().startsWith("kustomize.config.k8s.io/");
    }

    private static <T> List<T> orNone(List<T> list) {
        return list == null ? List.of() : list;
    }
}
