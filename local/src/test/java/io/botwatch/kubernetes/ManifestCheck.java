package io.botwatch.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds each document against what is known of its kind. A kind of which nothing is known is a problem. */
final class ManifestCheck {
    private static final Map<String, Class<?>> MODELS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Namespace", Namespace.class,
            "v1/ServiceAccount", ServiceAccount.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "rbac.authorization.k8s.io/v1/Role", Role.class,
            "rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class,
            "monitoring.coreos.com/v1/PodMonitor", PodMonitor.class,
            "kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class);

    private final OperatorSchemas operator;

    private ManifestCheck(OperatorSchemas operator) {
        this.operator = operator;
    }

    /** Skips the calling test where the operator's definitions are absent. */
    static ManifestCheck load() throws IOException {
        return new ManifestCheck(OperatorSchemas.load());
    }

    /** What is wrong with them; each names the document and the field. */
    List<String> problems(List<Manifest> manifests) {
        return manifests.stream().flatMap(manifest -> problems(manifest).stream()).toList();
    }

    List<String> problems(Manifest manifest) {
        List<String> problems = new ArrayList<>();
        Class<?> model = MODELS.get(manifest.apiVersion() + "/" + manifest.kind());
        if (operator.know(manifest)) {
            problems.addAll(operator.problems(manifest));
            // The definitions leave it to the API server.
            problems.addAll(StrictModel.problems(manifest.content().path("metadata"), ObjectMeta.class));
        } else if (model != null) {
            problems.addAll(StrictModel.problems(manifest.content(), model));
        } else if (Kustomization.is(manifest.content())) {
            problems.addAll(StrictModel.problems(manifest.content(), Kustomization.class));
            problems.addAll(problems(inlinePatches(manifest)));
        } else {
            problems.add("unknown kind " + manifest.apiVersion() + "/" + manifest.kind());
        }
        return problems.stream()
                .map(problem -> problem.startsWith(manifest.where()) ? problem : manifest.where() + " " + manifest.kind() + ": " + problem)
                .toList();
    }

    /** Patches that are parts of an object; those that are lists of operations can only be judged when they are rendered. */
    private static List<Manifest> inlinePatches(Manifest kustomization) {
        List<Manifest> patches = new ArrayList<>();
        kustomization.content().path("patches").forEach(entry -> {
            String text = entry.path("patch").asText();
            for (Manifest patch : Manifest.parse(kustomization.where() + " patch", text)) {
                if (patch.content() instanceof ObjectNode object) {
                    object.remove("$patch");
                    patches.add(patch);
                }
            }
        });
        return patches;
    }
}
