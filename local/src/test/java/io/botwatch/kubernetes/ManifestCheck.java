package io.botwatch.kubernetes;

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

    /** Loaded when a document asks for them. */
    private OperatorSchemas operator;

    /**
     * What is wrong with them; each names the document and the field. Skips the calling test where one is of Flink's
     * operator and its definitions are absent.
     */
    List<String> problems(List<Manifest> manifests) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Manifest manifest : manifests) {
            problems.addAll(problems(manifest));
        }
        return problems;
    }

    List<String> problems(Manifest manifest) throws IOException {
        List<String> problems = new ArrayList<>();
        Class<?> model = MODELS.get(manifest.apiVersion() + "/" + manifest.kind());
        if (OperatorSchemas.define(manifest)) {
            if (operator == null) {
                operator = OperatorSchemas.load();
            }
            problems.addAll(operator.problems(manifest));
            // The definitions leave it to the API server.
            problems.addAll(StrictModel.problems(manifest.content().path("metadata"), ObjectMeta.class));
        } else if (model != null) {
            problems.addAll(StrictModel.problems(manifest.content(), model));
        } else if (Kustomization.is(manifest.content())) {
            problems.addAll(StrictModel.problems(manifest.content(), Kustomization.class));
        } else {
            problems.add("unknown kind " + manifest.apiVersion() + "/" + manifest.kind());
        }
        return problems.stream()
                .map(problem -> manifest.where() + " " + manifest.kind() + ": " + problem)
                .toList();
    }
}
