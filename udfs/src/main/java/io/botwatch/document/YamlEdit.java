package io.botwatch.document;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A YAML mapping that parts are put into and taken from. It knows no document's keys, and checks nothing: whoever edits reads what
 * comes of it with all checks. Comments are lost. Not thread-safe.
 */
public final class YamlEdit {
    private static final String ID = "id";

    private final MappingNode root;

    private YamlEdit(MappingNode root) {
        this.root = root;
    }

    /** @throws DocumentException when it is not YAML, or no mapping */
    public static YamlEdit of(String fileName, byte[] bytes) {
        Node node = YamlDocument.node(fileName, bytes);
        if (!(node instanceof MappingNode mapping)) {
            throw new DocumentException(List.of(fileName + ": expected keys and values"));
        }
        return new YamlEdit(mapping);
    }

    /** The mapping under a key. */
    public YamlEdit part(String key) {
        return new YamlEdit((MappingNode) get(root, key));
    }

    /** This, when a key was taken away. */
    public YamlEdit without(String key) {
        remove(root, key);
        return this;
    }

    /** Puts what another has under a key here. */
    public void put(String key, YamlEdit from, String fromKey) {
        put(root, key, get(from.root, fromKey));
    }

    /** Puts what another has under a key below a key here. */
    public void putBelow(String key, String name, YamlEdit from, String fromKey) {
        put(below(key), name, get(from.root, fromKey));
    }

    /** Puts all of another below a key here. */
    public void putBelow(String key, String name, YamlEdit all) {
        put(below(key), name, all.root);
    }

    private MappingNode below(String key) {
        if (!(get(root, key) instanceof MappingNode)) {
            put(root, key, mapping());
        }
        return (MappingNode) get(root, key);
    }

    /** @return whether it was there */
    public boolean removeBelow(String key, String name) {
        return get(root, key) instanceof MappingNode below && remove(below, name);
    }

    /** Puts an item with an id into a list: in the place of the one with its id, or last. */
    public void putItem(String list, YamlEdit from, String fromKey) {
        Node item = get(from.root, fromKey);
        if (!(get(root, list) instanceof SequenceNode)) {
            put(root, list, new SequenceNode(Tag.SEQ, new ArrayList<>(), DumperOptions.FlowStyle.BLOCK));
        }
        List<Node> items = ((SequenceNode) get(root, list)).getValue();
        int at = indexOf(items, id(item));
        if (at < 0) {
            items.add(item);
        } else {
            items.set(at, item);
        }
    }

    /** @return whether it was there */
    public boolean removeItem(String list, String id) {
        if (!(get(root, list) instanceof SequenceNode sequence)) {
            return false;
        }
        int at = indexOf(sequence.getValue(), id);
        if (at >= 0) {
            sequence.getValue().remove(at);
        }
        return at >= 0;
    }

    /** @return whether the item was there */
    public boolean setInItem(String list, String id, String key, String value) {
        if (!(get(root, list) instanceof SequenceNode sequence)) {
            return false;
        }
        int at = indexOf(sequence.getValue(), id);
        if (at >= 0) {
            put((MappingNode) sequence.getValue().get(at), key, text(value));
        }
        return at >= 0;
    }

    /** Sets a list of plain values. */
    public void setList(String key, List<String> values) {
        List<Node> nodes = values.stream().map(YamlEdit::text).collect(Collectors.toCollection(ArrayList::new));
        put(root, key, new SequenceNode(Tag.SEQ, nodes, DumperOptions.FlowStyle.FLOW));
    }

    /**
     * Every value by its path, in the order of paths; of a list of items with ids the id stands where an index would, and lists of
     * plain values are one value.
     */
    public Map<String, String> flat() {
        Map<String, String> values = new TreeMap<>();
        flatten("", root, values);
        return values;
    }

    private static void flatten(String path, Node node, Map<String, String> into) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String key = ((ScalarNode) tuple.getKeyNode()).getValue();
                flatten(path.isEmpty() ? key : path + "." + key, tuple.getValueNode(), into);
            }
        } else if (node instanceof SequenceNode sequence) {
            if (sequence.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
                into.put(path, sequence.getValue().stream()
                        .map(value -> ((ScalarNode) value).getValue())
                        .collect(Collectors.joining(", ", "[", "]")));
                return;
            }
            int index = 0;
            for (Node item : sequence.getValue()) {
                String id = id(item);
                flatten(path + "[" + (id == null ? index : id) + "]", item, into);
                index++;
            }
        } else {
            into.put(path, ((ScalarNode) node).getValue());
        }
    }

    /** As YAML. */
    public String text() {
        DumperOptions options = new DumperOptions();
        options.setWidth(120);
        options.setSplitLines(false);
        StringWriter writer = new StringWriter();
        try {
            new Yaml(options).serialize(root, writer);
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return writer.toString();
    }

    public byte[] bytes() {
        return text().getBytes(StandardCharsets.UTF_8);
    }

    private static MappingNode mapping() {
        return new MappingNode(Tag.MAP, new ArrayList<>(), DumperOptions.FlowStyle.BLOCK);
    }

    private static ScalarNode text(String value) {
        return new ScalarNode(Tag.STR, value, null, null, DumperOptions.ScalarStyle.PLAIN);
    }

    private static int indexOf(List<Node> items, String id) {
        for (int i = 0; i < items.size(); i++) {
            if (id != null && id.equals(id(items.get(i)))) {
                return i;
            }
        }
        return -1;
    }

    /** Null where it has none. */
    private static String id(Node item) {
        return item instanceof MappingNode mapping && get(mapping, ID) instanceof ScalarNode id ? id.getValue() : null;
    }

    private static Node get(MappingNode mapping, String key) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (isKey(tuple, key)) {
                return tuple.getValueNode();
            }
        }
        return null;
    }

    private static void put(MappingNode mapping, String key, Node value) {
        List<NodeTuple> tuples = mapping.getValue();
        for (int i = 0; i < tuples.size(); i++) {
            if (isKey(tuples.get(i), key)) {
                tuples.set(i, new NodeTuple(tuples.get(i).getKeyNode(), value));
                return;
            }
        }
        tuples.add(new NodeTuple(text(key), value));
    }

    private static boolean remove(MappingNode mapping, String key) {
        return mapping.getValue().removeIf(tuple -> isKey(tuple, key));
    }

    private static boolean isKey(NodeTuple tuple, String key) {
        return tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key);
    }
}
