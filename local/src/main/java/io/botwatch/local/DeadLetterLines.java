package io.botwatch.local;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.ingest.DeadLetter;
import io.botwatch.ingest.DeadLetter.Extent;
import io.botwatch.ingest.UndecodableException.Reason;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;

/** Dead letters as JSON lines; the payload as text where it is UTF-8, which gives its bytes back, and in base64 elsewhere. */
final class DeadLetterLines {
    private static final String TEXT = "payload";
    private static final String BASE64 = "payload_base64";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final OutputStream out;

    DeadLetterLines(OutputStream out) {
        this.out = out;
    }

    /** Takes the letters one by one. */
    interface Reader {
        void accept(DeadLetter letter) throws IOException;
    }

    void write(DeadLetter letter) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator object = JSON.getFactory().createGenerator(line)) {
            object.writeStartObject();
            object.writeStringField("reason", letter.reason().name());
            object.writeStringField("detail", letter.detail());
            object.writeStringField("source", letter.source());
            object.writeNumberField("position", letter.position());
            object.writeStringField("extent", letter.extent().label());
            String text = text(letter.payload());
            if (text != null) {
                object.writeStringField(TEXT, text);
            } else {
                object.writeStringField(BASE64, Base64.getEncoder().encodeToString(letter.payload()));
            }
            object.writeEndObject();
        }
        line.write('\n');
        line.writeTo(out);
    }

    /** Null when the bytes are no UTF-8. */
    private static String text(byte[] payload) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** @throws UsageException when there is no such file, or a line of it is no dead letter */
    static void read(Path file, Reader reader) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                reader.accept(letter(file + ":" + number, line));
            }
        } catch (NoSuchFileException e) {
            throw new UsageException(file + " does not exist");
        }
    }

    private static DeadLetter letter(String where, String line) {
        try {
            return letter(JSON.readTree(line));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new UsageException(where + ": no dead letter as detect --dead writes them");
        }
    }

    private static DeadLetter letter(JsonNode object) {
        byte[] payload = object.has(TEXT)
                ? object.get(TEXT).asText().getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(object.path(BASE64).asText());
        if (payload.length > DeadLetter.MAX_PAYLOAD_BYTES) {
            throw new IllegalArgumentException("a payload of " + payload.length + " bytes");
        }
        return new DeadLetter(
                payload,
                object.has("extent") ? Extent.labelled(object.get("extent").asText()) : Extent.ofLength(payload.length),
                object.path("source").asText(),
                object.path("position").asLong(),
                Reason.valueOf(object.path("reason").asText()),
                object.path("detail").asText(),
                0);
    }
}
