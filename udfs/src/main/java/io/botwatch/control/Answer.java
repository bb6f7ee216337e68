package io.botwatch.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of a command: a message of the topic of results. All of them, in order, are the history of a job's rules.
 *
 * @param sequence numbers the answers from 0, which is what the job began with
 * @param position of the command where it came from, e.g. its offset; -1 of what the job began with
 * @param key of the command's message; null when it had none
 * @param command what it asked for, in short
 * @param accepted whether it was done
 * @param reasons why it was not: field and fault, a line each; empty when it was
 * @param notes what follows from it; may be empty
 * @param effectiveFromMs first event time at which it is in force, epoch ms; {@link Long#MIN_VALUE} of what the job began with
 *     and of what was not done
 * @param configVersion of the rules in force last, with it
 * @param document the command as it was given, or the whole document that a job began with; empty for a tombstone
 */
public record Answer(
        long sequence,
        long position,
        String key,
        String command,
        boolean accepted,
        List<String> reasons,
        List<String> notes,
        long effectiveFromMs,
        String configVersion,
        String document) {
    private static final JsonFactory JSON = new JsonFactory();

    /** One JSON object. */
    public byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField("sequence", sequence);
            json.writeNumberField("position", position);
            json.writeStringField("key", key);
            json.writeStringField("command", command);
            json.writeBooleanField("accepted", accepted);
            write(json, "reasons", reasons);
            write(json, "notes", notes);
            json.writeStringField(
                    "effective_from",
                    effectiveFromMs == Long.MIN_VALUE ? null : Instant.ofEpochMilli(effectiveFromMs).toString());
            json.writeStringField("config_version", configVersion);
            json.writeStringField("document", document);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    /** @throws IOException when it is none, or lacks a field */
    public static Answer ofJson(byte[] bytes) throws IOException {
        long sequence = -1;
        long position = -1;
        String key = null;
        String command = "";
        boolean accepted = false;
        List<String> reasons = List.of();
        List<String> notes = List.of();
        long effectiveFromMs = Long.MIN_VALUE;
        String configVersion = "";
        String document = "";
        try (JsonParser json = JSON.createParser(bytes)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "sequence" -> sequence = json.getLongValue();
                    case "position" -> position = json.getLongValue();
                    case "key" -> key = json.getValueAsString();
                    case "command" -> command = json.getValueAsString();
                    case "accepted" -> accepted = json.getBooleanValue();
                    case "reasons" -> reasons = list(json);
                    case "notes" -> notes = list(json);
                    case "effective_from" -> effectiveFromMs = json.currentToken() == JsonToken.VALUE_NULL
                            ? Long.MIN_VALUE
                            : Instant.parse(json.getText()).toEpochMilli();
                    case "config_version" -> configVersion = json.getValueAsString();
                    case "document" -> document = json.getValueAsString();
                    default -> json.skipChildren();
                }
            }
        } catch (DateTimeException e) {
            throw new IOException("effective_from is no time", e);
        }
        if (sequence < 0 || document == null || command == null) {
            throw new IOException("no answer: sequence, command or document is missing");
        }
        return new Answer(
                sequence, position, key, command, accepted, reasons, notes, effectiveFromMs, configVersion, document);
    }

    private static List<String> list(JsonParser json) throws IOException {
        List<String> values = new ArrayList<>();
        if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                values.add(json.getValueAsString());
            }
        }
        return values;
    }
}
