package io.botwatch.control;

import io.botwatch.document.DocumentException;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.document.YamlEdit;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * One change that somebody asks for: what to do with which part of the rule document.
 *
 * @param id of the part; empty where there is but one
 * @param effectiveFromMs event time from which on it is to count, epoch ms; {@link Long#MIN_VALUE} for as soon as possible
 * @param document the command as it was given
 */
record Command(Action action, Part part, String id, long effectiveFromMs, YamlEdit document) {
    private static final String MODE = "mode";
    private static final int MAX_ID = 64;

    /** What is to be done. */
    enum Action {
        UPSERT,
        ENABLE,
        DISABLE,
        DELETE,
        /** The whole document. */
        REPLACE
    }

    /** A part of the rule document, as commands name it. */
    enum Part {
        RULE("rules"),
        EXCEPTION("exceptions"),
        ROLE("roles"),
        SET("sets"),
        INTERNAL_SUBNETS("internal_subnets"),
        NEVER_INCLUDED_SUBNETS("never_included_subnets");

        /** Where it stands in the document. */
        final String key;

        Part(String key) {
            this.key = key;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isList() {
            return this == INTERNAL_SUBNETS || this == NEVER_INCLUDED_SUBNETS;
        }
    }

    /**
     * Reads a message of the topic of rules.
     *
     * @param key names the part, as {@code rule:BEACON-SLOW}; for ENABLE and DISABLE {@code mode:BEACON-SLOW}, so that compaction
     *     keeps both; null when it has none
     * @param value null for a tombstone, which deletes the part
     * @throws DocumentException with every fault
     */
    static Command read(String key, byte[] value) {
        if (value == null) {
            return tombstone(key);
        }
        YamlDocument document = YamlDocument.of("command", value);
        Command command = of(document);
        String expected = command.key();
        if (!expected.equals(key)) {
            document.root().problem("command", "the message's key is " + (key == null ? "missing" : Problems.quote(key))
                    + ", it must be " + Problems.quote(expected));
            document.problems().throwIfAny();
        }
        return command;
    }

    /** A whole document in the place of the one before. */
    static Command replacement(String yaml) {
        byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
        return new Command(Action.REPLACE, null, "", Long.MIN_VALUE, YamlEdit.of("rules", bytes));
    }

    private static Command tombstone(String key) {
        String[] words = key == null ? new String[0] : key.split(":", 2);
        for (Part part : Part.values()) {
            if (words.length == 2 && part.label().equals(words[0]) && !part.isList()) {
                return new Command(Action.DELETE, part, words[1], Long.MIN_VALUE, null);
            }
        }
        throw new DocumentException(List.of("key: " + (key == null ? "missing" : Problems.quote(key)
                + " is not that of a part which can be deleted, such as rule:BEACON-SLOW")));
    }

    /**
     * As it is written, whatever message it is to travel in.
     *
     * @throws DocumentException with every fault
     */
    static Command of(YamlDocument document) {
        Section root = document.root();
        List<String> parts = Arrays.stream(Part.values()).map(Part::label).toList();
        root.allow(Stream.concat(Stream.of("command", "effective_from"), parts.stream())
                .toArray(String[]::new));
        String name = root.choice("command", true, List.of("UPSERT", "ENABLE", "DISABLE", "DELETE"));
        List<Part> named = Arrays.stream(Part.values()).filter(part -> root.has(part.label())).toList();
        if (named.size() != 1) {
            root.problem("command", "needs exactly one of " + String.join(", ", parts));
        }
        long effectiveFromMs = root.has("effective_from") ? time(root) : Long.MIN_VALUE;
        document.problems().throwIfAny();
        Action action = Action.valueOf(name);
        Part part = named.get(0);
        String id = id(root, action, part);
        document.problems().throwIfAny();
        return new Command(action, part, id, effectiveFromMs, YamlEdit.of("command", document.bytes()));
    }

    private static String id(Section root, Action action, Part part) {
        if (action == Action.UPSERT) {
            return part.isList()
                    ? ""
                    : root.section(part.label()).text(part == Part.RULE || part == Part.EXCEPTION ? "id" : "name", MAX_ID);
        }
        if (action != Action.DELETE && part != Part.RULE) {
            root.problem(part.label(), "only a rule can be enabled or disabled");
        } else if (part.isList()) {
            root.problem(part.label(), "cannot be deleted; UPSERT another list");
        }
        return root.text(part.label(), MAX_ID);
    }

    private static long time(Section root) {
        String text = root.text("effective_from", MAX_ID);
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            root.problem("effective_from", Problems.quote(text) + " is not a time such as 2026-01-05T00:00:00Z");
            return Long.MIN_VALUE;
        }
    }

    /** Of its message; that which switches a rule has another than that which is the rule, so that compaction keeps both. */
    String key() {
        if (part.isList()) {
            return part.label();
        }
        return (action == Action.ENABLE || action == Action.DISABLE ? MODE : part.label()) + ":" + id;
    }

    /** As answers and logs name it. */
    String described() {
        return action + (part == null ? "" : " " + part.label()) + (id.isEmpty() ? "" : " " + id);
    }

    /** What the document is with this done to it. */
    YamlEdit applyTo(YamlEdit rules) {
        switch (action) {
            case REPLACE -> {
                return document;
            }
            case UPSERT -> upsert(rules);
            case ENABLE -> require(rules.setInItem(part.key, id, MODE, "active"));
            case DISABLE -> require(rules.setInItem(part.key, id, MODE, "disabled"));
            case DELETE -> require(part == Part.RULE || part == Part.EXCEPTION
                    ? rules.removeItem(part.key, id)
                    : rules.removeBelow(part.key, id));
        }
        return rules;
    }

    private void upsert(YamlEdit rules) {
        switch (part) {
            case RULE, EXCEPTION -> rules.putItem(part.key, document, part.label());
            case ROLE -> rules.putBelow(part.key, id, document.part(part.label()), "networks");
            case SET -> rules.putBelow(part.key, id, document.part(part.label()).without("name"));
            case INTERNAL_SUBNETS, NEVER_INCLUDED_SUBNETS -> rules.put(part.key, document, part.label());
        }
    }

    private void require(boolean found) {
        if (!found) {
            throw new DocumentException(List.of(part.label() + ": there is no " + part.label() + " " + Problems.quote(id)));
        }
    }
}
