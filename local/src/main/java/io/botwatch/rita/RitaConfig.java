package io.botwatch.rita;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.botwatch.document.DocumentException;
import io.botwatch.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration of RITA v5 (https://github.com/activecm/rita, default_config.hjson): of its HJSON what RITA ships and writes,
 * JSON with comments, bare keys and trailing commas. Remembers which values were asked for.
 */
final class RitaConfig {
    private static final long MAX_BYTES = 1 << 20;

    private final Path file;
    private final JsonNode root;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> asked = new LinkedHashSet<>();

    private RitaConfig(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /** @throws DocumentException when it cannot be read, or is not such a file */
    static RitaConfig load(Path file) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS, JsonReadFeature.ALLOW_YAML_COMMENTS)
                .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES, JsonReadFeature.ALLOW_TRAILING_COMMA)
                .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new DocumentException(List.of(file + ": more than " + MAX_BYTES + " bytes"));
            }
            JsonNode root = mapper.readTree(Files.readAllBytes(file));
            if (root == null || !root.isObject()) {
                throw new DocumentException(List.of(file + ": no configuration of RITA: expected { at its beginning"));
            }
            return new RitaConfig(file, root);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DocumentException(List.of(file + ":" + line + ": " + e.getOriginalMessage()
                    + "; of HJSON, texts without quotes and values without a comma between them are not read"));
        } catch (IOException e) {
            throw new DocumentException(
                    List.of(file + ": " + (Files.exists(file) ? "cannot be read: " + e.getMessage() : "no such file")));
        }
    }

    /** Null when absent. */
    private JsonNode value(String path) {
        asked.add(path);
        JsonNode node = root.at("/" + path.replace('.', '/'));
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    /** Empty when absent. */
    List<Network> networks(String path) {
        List<Network> networks = new ArrayList<>();
        JsonNode list = value(path);
        if (list != null && !list.isArray()) {
            problems.add(file + ": " + path + ": expected a list of networks");
        } else if (list != null) {
            for (JsonNode network : list) {
                try {
                    networks.add(Network.parse(network.asText()));
                } catch (IllegalArgumentException e) {
                    problems.add(file + ": " + path + ": " + e.getMessage());
                }
            }
        }
        return networks;
    }

    /** -1 when absent. */
    long whole(String path, long min, long max) {
        JsonNode node = value(path);
        if (node == null) {
            return -1;
        }
        if (!node.isIntegralNumber() || node.asLong() < min || node.asLong() > max) {
            problems.add(file + ": " + path + ": " + node + " is not a whole number of " + min + " to " + max);
            return -1;
        }
        return node.asLong();
    }

    /** @throws DocumentException when there were faults */
    void throwIfAny() {
        if (!problems.isEmpty()) {
            throw new DocumentException(problems);
        }
    }

    /** Values that nobody asked for, by path, in the order of the file. */
    List<String> untaken() {
        List<String> paths = new ArrayList<>();
        collect(root, "", paths);
        paths.removeAll(asked);
        return paths;
    }

    private static void collect(JsonNode node, String path, List<String> paths) {
        for (Iterator<Map.Entry<String, JsonNode>> each = node.fields(); each.hasNext(); ) {
            Map.Entry<String, JsonNode> field = each.next();
            String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
            if (field.getValue().isObject()) {
                collect(field.getValue(), below, paths);
            } else {
                paths.add(below);
            }
        }
    }
}
