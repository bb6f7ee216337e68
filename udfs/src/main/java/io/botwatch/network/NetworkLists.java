package io.botwatch.network;

import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Networks as documents list them: one by one, or as {@code file:NAME}, for those of a file beside the document. Such a file has an
 * address or a network a line, of CSV the first column; what follows a {@code #} is a comment.
 */
public final class NetworkLists {
    private static final String FILE = "file:";
    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_NETWORKS = 1_000_000;
    private static final int FAULTS_SHOWN = 3;

    private final Problems problems;
    private final Path folder;
    private final Map<String, List<Network>> files = new HashMap<>();
    private final ByteArrayOutputStream contents = new ByteArrayOutputStream();

    /** @param folder that names of files are relative to; null where there can be no files */
    public NetworkLists(Problems problems, Path folder) {
        this.problems = problems;
        this.folder = folder;
    }

    /**
     * In the order of the document, each once.
     *
     * @param atLeastOne what a list must have one of; null where it may be absent
     */
    public List<Network> read(Section section, String key, String atLeastOne) {
        Set<Network> networks = new LinkedHashSet<>();
        for (Scalar scalar : section.list(key, false, atLeastOne)) {
            if (scalar.text().startsWith(FILE)) {
                networks.addAll(files.computeIfAbsent(scalar.text().substring(FILE.length()), name -> file(name, scalar)));
            } else {
                try {
                    networks.add(Network.parse(scalar.text()));
                } catch (IllegalArgumentException e) {
                    problems.add(scalar.line(), scalar.path(), e.getMessage());
                }
            }
        }
        return List.copyOf(networks);
    }

    /** What the files held that were read, for a digest of all that the document says. */
    public byte[] contents() {
        return contents.toByteArray();
    }

    private List<Network> file(String name, Scalar at) {
        if (folder == null) {
            problems.add(at.line(), at.path(), "files of networks are not possible here");
            return List.of();
        }
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_BYTES) {
                problems.add(at.line(), at.path(), file + " has more than " + MAX_BYTES + " bytes");
                return List.of();
            }
            byte[] bytes = Files.readAllBytes(file);
            contents.writeBytes(bytes);
            return parse(new String(bytes, StandardCharsets.UTF_8), file, at);
        } catch (IOException e) {
            problems.add(at.line(), at.path(), file + " cannot be read: " + (Files.exists(file) ? e.getMessage() : "no such file"));
            return List.of();
        }
    }

    private List<Network> parse(String text, Path file, Scalar at) throws IOException {
        List<Network> networks = new ArrayList<>();
        BufferedReader lines = new BufferedReader(new StringReader(text));
        int number = 0;
        int faults = 0;
        for (String line = lines.readLine(); line != null && faults < FAULTS_SHOWN; line = lines.readLine()) {
            number++;
            String entry = line.replaceFirst("#.*", "").split(",", 2)[0].trim();
            if (entry.isEmpty()) {
                continue;
            }
            if (networks.size() == MAX_NETWORKS) {
                problems.add(at.line(), at.path(), file + " has more than " + MAX_NETWORKS + " networks");
                break;
            }
            try {
                networks.add(Network.parse(entry));
            } catch (IllegalArgumentException e) {
                faults++;
                problems.add(at.line(), at.path(), file + ":" + number + ": " + e.getMessage());
            }
        }
        return networks;
    }
}
