package io.botwatch.evaluate;

import io.botwatch.document.Beside;
import io.botwatch.document.DocumentException;
import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.Section.Scalar;
import io.botwatch.document.YamlDocument;
import io.botwatch.flow.Address;
import io.botwatch.network.Network;
import io.botwatch.network.NetworkLists;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One labelled capture, or the generated day.
 *
 * @param name unique within its document
 * @param scenario name of the scenario that is generated; null for captures
 * @param files relative to the folder of all captures; empty for a scenario
 * @param internal networks; empty for a scenario, whose rules say it
 * @param malicious hosts that are infected, or under attack; empty for a scenario, whose labels say it
 * @param note what it is, in words
 */
public record Dataset(
        String name, String scenario, List<String> files, List<Network> internal, List<Address> malicious, String note) {

    /** Those that come with the command. */
    public static List<Dataset> shipped() {
        try (InputStream in = Dataset.class.getResourceAsStream("/datasets.yaml")) {
            return read(YamlDocument.of("datasets.yaml", in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws DocumentException with every fault of the file, by line */
    public static List<Dataset> load(Path file) {
        return read(YamlDocument.load(file));
    }

    private static List<Dataset> read(YamlDocument document) {
        List<Dataset> datasets = new ArrayList<>();
        document.root().allow("datasets");
        for (Section section : document.root().sections("datasets", "dataset")) {
            datasets.add(read(section, document.problems()));
        }
        document.problems().throwIfAny();
        return datasets;
    }

    private static Dataset read(Section section, Problems problems) {
        section.allow("name", "scenario", "files", "internal", "malicious", "note");
        boolean generated = section.has("scenario");
        if (generated) {
            section.choice("scenario", true, List.of("enterprise"));
        }
        List<Address> malicious = new ArrayList<>();
        for (Scalar scalar : section.list("malicious", !generated, null)) {
            try {
                malicious.add(Address.parse(scalar.text()));
            } catch (IllegalArgumentException e) {
                problems.add(scalar.line(), scalar.path(), e.getMessage());
            }
        }
        return new Dataset(
                section.text("name", 100),
                generated ? section.text("scenario", 100) : null,
                section.list("files", !generated, generated ? null : "file").stream().map(Scalar::text).toList(),
                new NetworkLists(problems, Beside.in(null)).read(section, "internal", generated ? null : "network"),
                List.copyOf(malicious),
                section.optionalText("note"));
    }
}
