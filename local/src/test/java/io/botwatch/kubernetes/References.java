package io.botwatch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What documents name of each other. */
final class References {
    private References() {}

    /** Names that nothing among the documents bears, in the namespace of whoever names them; each says who and what. */
    static List<String> unresolved(List<Manifest> manifests) {
        Set<String> present = new HashSet<>();
        manifests.forEach(manifest -> present.add(key(manifest.kind(), manifest.namespace(), manifest.name())));
        List<String> unresolved = new ArrayList<>();
        for (Manifest manifest : manifests) {
            for (String named : named(manifest)) {
                if (!present.contains(named)) {
                    unresolved.add(manifest.kind() + " " + manifest.name() + " names " + named);
                }
            }
        }
        return unresolved;
    }

    /** The Secrets that pods of the documents mount or read. */
    static Set<String> secrets(List<Manifest> manifests) {
        Set<String> secrets = new TreeSet<>();
        for (Manifest manifest : manifests) {
            JsonNode pod = manifest.content().at("/spec/podTemplate/spec");
            pod.findValues("secret").forEach(secret -> {
                secrets.addAll(secret.findValuesAsText("secretName"));
                secrets.addAll(text(secret.path("name")));
            });
            for (String reference : List.of("secretKeyRef", "secretRef")) {
                pod.findValues(reference).forEach(secret -> secrets.addAll(text(secret.path("name"))));
            }
        }
        return secrets;
    }

    private static Set<String> named(Manifest manifest) {
        Set<String> named = new TreeSet<>();
        JsonNode spec = manifest.content().path("spec");
        switch (manifest.kind()) {
            case "FlinkDeployment" -> {
                for (String reference : List.of("configMap", "configMapRef", "configMapKeyRef")) {
                    spec.path("podTemplate").findValues(reference).forEach(
                            map -> add(named, "ConfigMap", manifest.namespace(), map.path("name")));
                }
                add(named, "ServiceAccount", manifest.namespace(), spec.path("serviceAccount"));
                add(named, "ServiceAccount", manifest.namespace(),
                        spec.path("flinkConfiguration").path("kubernetes.taskmanager.service-account"));
            }
            case "FlinkStateSnapshot" -> add(
                    named, spec.at("/jobReference/kind").asText(), manifest.namespace(), spec.at("/jobReference/name"));
            case "RoleBinding" -> {
                add(named, manifest.content().at("/roleRef/kind").asText(), manifest.namespace(), manifest.content().at("/roleRef/name"));
                manifest.content().path("subjects").forEach(
                        subject -> add(named, subject.path("kind").asText(), subject.path("namespace").asText(), subject.path("name")));
            }
            default -> { }
        }
        return named;
    }

    private static void add(Set<String> named, String kind, String namespace, JsonNode name) {
        if (!name.isMissingNode()) {
            named.add(key(kind, namespace, name.asText()));
        }
    }

    private static String key(String kind, String namespace, String name) {
        return kind + " " + namespace + "/" + name;
    }

    private static List<String> text(JsonNode node) {
        return node.isTextual() ? List.of(node.asText()) : List.of();
    }
}
