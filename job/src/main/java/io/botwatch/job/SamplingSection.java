package io.botwatch.job;

import io.botwatch.document.Problems;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import io.botwatch.flow.Address;
import io.botwatch.ingest.Sampling;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Sampling rates as YAML: {@code default}, and by exporter {@code exporters} and {@code override}. */
public final class SamplingSection {
    private SamplingSection() {}

    /**
     * A file that holds nothing else.
     *
     * @throws io.botwatch.document.DocumentException with every fault: file, line, key and limit
     */
    public static Sampling load(Path file) {
        YamlDocument document = YamlDocument.load(file);
        Sampling sampling = read(document.root());
        document.problems().throwIfAny();
        return sampling;
    }

    static Sampling read(Section section) {
        section.allow("default", "exporters", "override");
        int byDefault = section.has("default") ? section.count("default", 1, Sampling.MAX_RATE) : 1;
        return new Sampling(
                byDefault,
                rates(section.optionalSection("exporters")),
                rates(section.optionalSection("override")));
    }

    private static Map<Address, Integer> rates(Section byExporter) {
        Map<Address, Integer> rates = new HashMap<>();
        for (String exporter : byExporter.keys()) {
            int rate = byExporter.count(exporter, 1, Sampling.MAX_RATE);
            try {
                rates.put(Address.parse(exporter), rate);
            } catch (IllegalArgumentException e) {
                byExporter.problem(exporter, Problems.quote(exporter) + " is not an exporter's IP address");
            }
        }
        return rates;
    }
}
