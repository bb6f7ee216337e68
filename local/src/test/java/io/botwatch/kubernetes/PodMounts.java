package io.botwatch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a pod of the job finds below its root folder, laid out in a scratch folder: ConfigMaps from the files that
 * kustomizations generate them from, Secrets with the content that a test gives them.
 */
final class PodMounts {
    private final Path root;

    private PodMounts(Path root) {
        this.root = root;
    }

    /**
     * @param configMaps the folders of the files, by name of the ConfigMap
     * @param secrets the content, by name of the Secret and its key
     */
    static PodMounts lay(JsonNode pod, Map<String, Path> configMaps, Map<String, Map<String, String>> secrets, Path root)
            throws IOException {
        PodMounts mounts = new PodMounts(root);
        for (JsonNode mount : pod.at("/containers/0/volumeMounts")) {
            Path folder = Files.createDirectories(mounts.at(mount.path("mountPath").asText()));
            for (JsonNode volume : pod.path("volumes")) {
                if (volume.path("name").equals(mount.path("name"))) {
                    mounts.fill(folder, volume, configMaps, secrets);
                }
            }
        }
        return mounts;
    }

    /** Where a path of the pod lies here. */
    Path at(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    private void fill(Path folder, JsonNode volume, Map<String, Path> configMaps, Map<String, Map<String, String>> secrets)
            throws IOException {
        if (volume.has("secret")) {
            secret(folder, volume.path("secret").path("secretName").asText(), secrets);
        }
        for (JsonNode source : volume.path("projected").path("sources")) {
            if (source.has("secret")) {
                secret(folder, source.path("secret").path("name").asText(), secrets);
            } else {
                Path file = configMaps.get(source.path("configMap").path("name").asText());
                // Paths of the pod, as they are here.
                Files.writeString(
                        folder.resolve(file.getFileName().toString()), Files.readString(file).replace("/etc/", root + "/etc/"));
            }
        }
    }

    private static void secret(Path folder, String name, Map<String, Map<String, String>> secrets) throws IOException {
        for (Map.Entry<String, String> key : secrets.get(name).entrySet()) {
            Files.writeString(folder.resolve(key.getKey()), key.getValue(), StandardCharsets.UTF_8);
        }
    }
}
