package io.botwatch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The image is not built here; what it must agree on with the rest is looked at. */
class ImageTest {
    @Test
    void itIsOfTheFlinkThatTheJobIsBuiltForAndHoldsTheJarWhereTheJobIsLookedFor() throws IOException {
        List<String> lines = Files.readAllLines(Manifest.ROOT.resolve("Dockerfile"));
        Matcher flink = Pattern.compile("<flink.version>(.+)</flink.version>").matcher(Files.readString(Manifest.ROOT.resolve("pom.xml")));
        assertThat(flink.find()).isTrue();
        String jar = Manifest.read(Manifest.FOLDER.resolve("base/job/flink-deployment.yaml"))
                .get(0)
                .content()
                .at("/spec/job/jarURI")
                .asText();
        assertThat(lines)
                .contains("FROM flink:" + flink.group(1) + "-java17", "USER 9999:9999")
                .anyMatch(line -> line.startsWith("COPY") && jar.equals("local://" + line.substring(line.lastIndexOf(' ') + 1)));
    }
}
