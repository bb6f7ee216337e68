package io.botwatch.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A name and what made it.
 *
 * @param name lower case
 * @param family of algorithms, e.g. {@code necurs}; null of a name that people chose
 */
public record LabelledName(String name, String family) {
    private static final List<String> DEFAULT_COLUMNS = List.of("class", "family", "domain");

    public boolean isGenerated() {
        return family != null;
    }

    /**
     * Reads CSV without quotes, with a line that names columns {@code domain}, {@code class} ({@code dga} or {@code legit}) and
     * {@code family}, or without one, in the order class, family, domain. What follows the first {@code _} of a family is a
     * variant of it.
     *
     * @throws IOException that names the line which is none of this
     */
    public static List<LabelledName> read(Path file) throws IOException {
        List<LabelledName> names = new ArrayList<>();
        List<String> columns = DEFAULT_COLUMNS;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                List<String> cells = Arrays.asList(line.trim().toLowerCase(Locale.ROOT).split(","));
                if (number == 1 && cells.containsAll(DEFAULT_COLUMNS)) {
                    columns = cells;
                } else if (!line.isBlank()) {
                    names.add(of(cells, columns, file + ":" + number));
                }
            }
        }
        return names;
    }

    private static LabelledName of(List<String> cells, List<String> columns, String where) throws IOException {
        if (cells.size() != columns.size()) {
            throw new IOException(where + ": " + cells.size() + " columns instead of " + columns.size());
        }
        String name = cells.get(columns.indexOf("domain"));
        String family = cells.get(columns.indexOf("family"));
        return switch (cells.get(columns.indexOf("class"))) {
            case "legit" -> new LabelledName(name, null);
            case "dga" -> new LabelledName(name, family.split("_")[0]);
            default -> throw new IOException(where + ": the class is neither dga nor legit");
        };
    }
}
