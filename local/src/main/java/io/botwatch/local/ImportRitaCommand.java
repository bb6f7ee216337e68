package io.botwatch.local;

import io.botwatch.rita.RitaImport;
import io.botwatch.rules.RulesDocument;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch rules import-rita}: rules for those who come from RITA. */
@Command(
        name = "import-rita",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Makes a rule file of the shipped rules and a configuration of RITA v5: subnets, the least number of connections, durations.",
            "Says on standard error what was taken over, and what has no counterpart: scores and modifiers are other ones here."
        })
final class ImportRitaCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG.hjson", description = "RITA's configuration")
    private Path configuration;

    @Option(names = "--out", paramLabel = "FILE", description = "writes to this file instead of standard output")
    private Path out;

    @Option(names = "--force", description = "replaces an output file that exists")
    private boolean force;

    @Override
    public Integer call() throws Exception {
        String shipped;
        try (InputStream in = RulesDocument.class.getResourceAsStream("rules.yaml")) {
            shipped = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        RitaImport imported = new RitaImport(configuration, shipped);
        // What is printed can be run.
        RulesDocument.parse("imported rules", imported.yaml());
        byte[] yaml = imported.yaml().getBytes(StandardCharsets.UTF_8);
        if (out == null) {
            System.out.write(yaml);
            System.out.flush();
        } else {
            try (OutputFile file = new OutputFile(out, force)) {
                file.stream().write(yaml);
                file.complete();
            }
        }
        imported.taken().forEach(line -> System.err.println("taken      " + line));
        imported.untaken().forEach(path -> System.err.println("not taken  " + path));
        return 0;
    }
}
