package io.botwatch.ingest;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which paths into a JSON value matter, and what lies there. It is walked beside the parser, so that a record is never made
 * into a tree of its own. Built once, then only read.
 */
final class PathTree<T extends Serializable> implements Serializable {
    private static final long serialVersionUID = 1;

    /** Is given the scalars that a walk comes to. */
    interface Visitor<T> {
        /** @param text has the scalar as ASCII from index {@code from} up to {@code to}; the next one may overwrite it */
        void scalar(T target, byte[] text, int from, int to) throws UndecodableException;
    }

    private final Map<String, PathTree<T>> below = new HashMap<>();
    private final List<T> targets = new ArrayList<>();

    /** @param path names of an object's fields, or indices of an array's elements in decimal */
    void add(List<String> path, T target) {
        PathTree<T> at = this;
        for (String name : path) {
            at = at.below.computeIfAbsent(name, n -> new PathTree<>());
        }
        at.targets.add(target);
    }

    /** Also finds the paths whose names were joined with dots, in part or as a whole, as stores flatten them. */
    PathTree<T> withDottedNames() {
        Map<String, PathTree<T>> children = Map.copyOf(below);
        children.forEach((name, child) -> {
            child.withDottedNames();
            child.below.forEach((rest, node) -> below.put(name + "." + rest, node));
        });
        return this;
    }

    /** Null when no path goes on there. */
    PathTree<T> below(String name) {
        return below.get(name);
    }

    List<T> targets() {
        return targets;
    }

    /** Walks the object that was just opened. */
    void walk(JsonFields json, Visitor<T> visitor) throws UndecodableException {
        for (String name = json.next(); name != null; name = json.next()) {
            PathTree<T> there = below.get(name);
            if (there != null) {
                there.walkValue(json, visitor);
            }
        }
    }

    /** Walks the value that the parser stands on; afterwards it stands at the value's end. */
    void walkValue(JsonFields json, Visitor<T> visitor) throws UndecodableException {
        if (json.isScalar()) {
            if (!targets.isEmpty()) {
                byte[] text = json.text();
                for (T target : targets) {
                    visitor.scalar(target, text, json.from(), json.to());
                }
            }
        } else if (below.isEmpty()) {
            return; // skipped by the next step
        } else if (json.enterObject()) {
            walk(json, visitor);
        } else if (json.enterArray()) {
            for (int i = 0; json.nextElement(); i++) {
                PathTree<T> there = below.get(Integer.toString(i));
                if (there != null) {
                    there.walkValue(json, visitor);
                }
            }
        }
    }
}
