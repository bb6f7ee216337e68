package io.botwatch.generate;

import io.botwatch.flow.Address;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** Labels as CSV (RFC 4180), one a line under a header; absent addresses and ports are empty, times ISO 8601 in UTC. */
public final class LabelsFile {
    private static final String HEADER = "name,expectation,src,relay,dst,dst_port,from,to,note";
    private static final int COLUMNS = 9;

    private LabelsFile() {}

    public static void write(Path file, List<Label> labels) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            write(out, labels);
        }
    }

    public static void write(Writer out, List<Label> labels) throws IOException {
        out.write(HEADER + "\n");
        for (Label label : labels) {
            out.write(String.join(
                    ",",
                    quoted(label.name()),
                    quoted(label.expectation()),
                    text(label.src()),
                    text(label.relay()),
                    text(label.dst()),
                    label.dstPort() == 0 ? "" : Integer.toString(label.dstPort()),
                    label.from().toString(),
                    label.to().toString(),
                    quoted(label.note())));
            out.write("\n");
        }
    }

    /** @throws IOException also when a line is not a label; the message says which and why */
    public static List<Label> read(Path file) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            return read(in);
        }
    }

    /** @throws IOException also when a line is not a label; the message says which and why */
    public static List<Label> read(Reader in) throws IOException {
        BufferedReader lines = new BufferedReader(in);
        String header = lines.readLine();
        if (!HEADER.equals(header)) {
            throw new IOException("labels, line 1: expected the header " + HEADER);
        }
        List<Label> labels = new ArrayList<>();
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            try {
                labels.add(label(fields(line)));
            } catch (IllegalArgumentException | DateTimeParseException e) {
                throw new IOException("labels, line " + number + ": " + e.getMessage(), e);
            }
        }
        return labels;
    }

    private static Label label(List<String> fields) {
        if (fields.size() != COLUMNS) {
            throw new IllegalArgumentException(fields.size() + " columns, expected " + COLUMNS);
        }
        return new Label(
                fields.get(0),
                fields.get(1),
                address(fields.get(2)),
                address(fields.get(3)),
                address(fields.get(4)),
                fields.get(5).isEmpty() ? 0 : Integer.parseInt(fields.get(5)),
                Instant.parse(fields.get(6)),
                Instant.parse(fields.get(7)),
                fields.get(8));
    }

    private static String text(Address address) {
        return address == null ? "" : address.toString();
    }

    private static Address address(String text) {
        return text.isEmpty() ? null : Address.parse(text);
    }

    private static String quoted(String field) {
        if (field.indexOf('\n') >= 0 || field.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("a label holds a line break: " + field);
        }
        return field.indexOf(',') < 0 && field.indexOf('"') < 0 ? field : '"' + field.replace("\"", "\"\"") + '"';
    }

    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean inQuotes = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (inQuotes && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                field.append('"');
                i++;
            } else if (c == '"') {
                inQuotes = !inQuotes;
            } else if (c == ',' && !inQuotes) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (inQuotes) {
            throw new IllegalArgumentException("a quote is not closed");
        }
        fields.add(field.toString());
        return fields;
    }
}
