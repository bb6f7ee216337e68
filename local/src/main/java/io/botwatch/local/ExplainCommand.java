package io.botwatch.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.explain.Explanation;
import io.botwatch.rules.RulesDocument;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch explain}: why a finding is what it is. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says by which numbers, thresholds and rules a finding was made, and what would have changed it.",
            "Findings are OCSF, one a line: what detect --out writes, or what a console consumer reads from the findings topic.",
            "Of several states of one finding the last counts."
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int SHORTEST = 4;

    @Parameters(index = "0", paramLabel = "UID", description = "finding_info.uid, or its first characters")
    private String uid;

    @Parameters(index = "1", paramLabel = "FILE|-", description = "the findings; - is standard input")
    private String findings;

    @Option(names = "--rules", paramLabel = "FILE|PRESET", description = "says whether the finding was made by these rules")
    private String rules;

    @Override
    public Integer call() throws Exception {
        if (uid.length() < SHORTEST) {
            throw new UsageException("UID '" + uid + "' is too short; give " + SHORTEST + " characters or more");
        }
        String version = rules == null ? null : RulesDocument.named(rules, null).version();
        Map<String, JsonNode> found = find();
        if (found.isEmpty()) {
            throw new UsageException("no finding whose uid begins with '" + uid + "' in " + (findings.equals("-") ? "standard input" : findings));
        }
        if (found.size() > 1) {
            throw new UsageException("'" + uid + "' begins " + found.size() + " uids: " + String.join(", ", found.keySet().stream().limit(5).toList()));
        }
        new Explanation(found.values().iterator().next()).print(System.out, version);
        return 0;
    }

    private Map<String, JsonNode> find() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, JsonNode> found = new LinkedHashMap<>();
        int number = 0;
        try (BufferedReader lines = findings.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(findings))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.contains(uid)) {
                    continue;
                }
                JsonNode finding = mapper.readTree(line);
                String of = finding.path("finding_info").path("uid").asText();
                if (of.startsWith(uid)) {
                    found.put(of, finding);
                }
            }
        } catch (JsonProcessingException e) {
            throw new UsageException(findings + ":" + number + ": not a finding in OCSF, one a line: " + e.getOriginalMessage());
        } catch (NoSuchFileException e) {
            throw new UsageException(findings + ": no such file");
        }
        return found;
    }
}
