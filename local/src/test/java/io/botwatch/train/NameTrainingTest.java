package io.botwatch.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.botwatch.dga.NameModel;
import java.io.StringWriter;
import java.io.PrintWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameTrainingTest {
    @TempDir
    Path folder;

    /** Of the real lists, each name once, as the command has them. */
    static List<LabelledName> realNames() throws IOException {
        String shared = System.getProperty("botwatch.shared");
        assumeTrue(shared != null, "no -Dbotwatch.shared: lists of generated names are not available");
        Map<String, LabelledName> names = new LinkedHashMap<>();
        for (String file : List.of("chrmor-domains.csv", "umudga-domains.csv")) {
            Path path = Path.of(shared).resolve("data/dga").resolve(file);
            assumeTrue(Files.exists(path), path + " is not available");
            LabelledName.read(path).forEach(name -> names.putIfAbsent(name.name(), name));
        }
        return List.copyOf(names.values());
    }

    /** Floors somewhat below what was measured: 0.959 and 0.923; docs/detectors/dga.md says which families are hard. */
    @Test
    void familiesThatTheModelHasNotSeenAreToldFromChosenNames() throws IOException {
        List<LabelledName> names = realNames();
        HeldOutFamilies first = HeldOutFamilies.of(names, 0);
        HeldOutFamilies second = HeldOutFamilies.of(names, 1);
        System.out.println("generated names, held out: " + first + ", " + second);
        assertThat(first.areas().keySet()).doesNotContainAnyElementsOf(second.areas().keySet());
        assertThat(first.trainedOn()).doesNotContainAnyElementsOf(first.areas().keySet());
        assertThat(first.area()).isGreaterThan(0.95);
        assertThat(second.area()).isGreaterThan(0.91);
    }

    @Test
    void theShippedModelIsWhatTheCommandMakesOfTheLists() throws IOException {
        StringWriter trained = new StringWriter();
        NameTraining.train(realNames()).write(new PrintWriter(trained, true));
        StringWriter shipped = new StringWriter();
        NameModel.shipped().write(new PrintWriter(shipped, true));
        assertThat(trained.toString()).isEqualTo(shipped.toString());
    }

    @Test
    void oneKindOfNamesTrainsNothing() {
        List<LabelledName> names = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            names.add(new LabelledName("name" + i + ".org", null));
        }
        assertThatThrownBy(() -> NameTraining.train(names)).hasMessageContaining("both classes");
    }

    @Test
    void listsWithAndWithoutALineOfColumnsAreRead() throws IOException {
        Path with = Files.writeString(folder.resolve("with.csv"), "domain,class,family\nAbc.com,dga,gozi_luther\nx.org,legit,legit\n");
        Path without = Files.writeString(folder.resolve("without.csv"), "dga,gozi,abc.com\nlegit,alexa,x.org\n\n");
        assertThat(LabelledName.read(with))
                .isEqualTo(LabelledName.read(without))
                .containsExactly(new LabelledName("abc.com", "gozi"), new LabelledName("x.org", null));
        Path bad = Files.writeString(folder.resolve("bad.csv"), "dga,gozi,abc.com\nmaybe,gozi,abc.com\n");
        assertThatThrownBy(() -> LabelledName.read(bad)).hasMessageContaining("bad.csv:2: the class is neither dga nor legit");
    }
}
