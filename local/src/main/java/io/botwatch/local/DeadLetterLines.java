package io.botwatch.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.botwatch.ingest.DeadLetter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;

/** Dead letters as JSON lines; the payload in base64, since it may be anything. */
final class DeadLetterLines {
    private final OutputStream out;
    private final JsonFactory json = new JsonFactory();

    DeadLetterLines(OutputStream out) {
        this.out = out;
    }

    void write(DeadLetter letter) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator object = json.createGenerator(line)) {
            object.writeStartObject();
            object.writeStringField("reason", letter.reason().name());
            object.writeStringField("detail", letter.detail());
            object.writeStringField("source", letter.source());
            object.writeNumberField("position", letter.position());
            object.writeStringField("payload_base64", Base64.getEncoder().encodeToString(letter.payload()));
            object.writeEndObject();
        }
        line.write('\n');
        line.writeTo(out);
    }
}
