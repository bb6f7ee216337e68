package io.botwatch.local;

import io.botwatch.dga.NameModel;
import io.botwatch.train.HeldOutFamilies;
import io.botwatch.train.LabelledName;
import io.botwatch.train.NameTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code botwatch train-names}: labelled names in, the model of generated names out. */
@Command(
        name = "train-names",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Trains the model that tells generated names from chosen ones, and says how well it does on families of",
            "algorithms that it was not trained on. The shipped one is udfs/src/main/resources/io/botwatch/dga/names.model."
        })
final class TrainNamesCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "CSV with columns domain, class (dga or legit) and family; without such a line, class, family, domain")
    private List<Path> files;

    @Option(names = "--out", paramLabel = "FILE", description = "writes the model, trained on all families, to this file")
    private Path out;

    @Option(names = "--force", description = "replaces an output file that exists")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        List<LabelledName> names = names();
        long generated = names.stream().filter(LabelledName::isGenerated).count();
        System.out.printf("%s names: %s generated, %s chosen%n", Progress.count(names.size()), Progress.count(generated),
                Progress.count(names.size() - generated));
        try {
            for (int half = 0; half < 2; half++) {
                print(HeldOutFamilies.of(names, half));
            }
            if (out != null) {
                write(NameTraining.train(names));
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
        return 0;
    }

    private List<LabelledName> names() {
        List<LabelledName> names = new ArrayList<>();
        for (Path file : files) {
            try {
                names.addAll(LabelledName.read(file));
            } catch (IOException e) {
                throw new UsageException("cannot read names: " + e.getMessage());
            }
        }
        Map<String, LabelledName> distinct = new LinkedHashMap<>();
        names.forEach(name -> distinct.putIfAbsent(name.name(), name));
        Collection<LabelledName> once = distinct.values();
        return List.copyOf(once);
    }

    private static void print(HeldOutFamilies heldOut) {
        System.out.printf(
                Locale.ROOT,
                "trained on %d families, on %d others: AUC %.3f, %.2f found at 1 %% false positives%n",
                heldOut.trainedOn().size(), heldOut.areas().size(), heldOut.area(), heldOut.recall());
        heldOut.areas().forEach((family, area) -> System.out.printf(Locale.ROOT, "  %-15s %.3f%n", family, area));
    }

    private void write(NameModel model) throws IOException {
        try (OutputFile file = new OutputFile(out, force)) {
            PrintWriter text = new PrintWriter(file.stream(), false, StandardCharsets.US_ASCII);
            model.write(text);
            text.flush();
            file.complete();
        }
        System.err.println("model written to " + out);
    }
}
