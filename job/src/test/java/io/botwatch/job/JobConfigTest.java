package io.botwatch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.botwatch.document.DocumentException;
import io.botwatch.finding.FindingFormat;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConfigTest {
    @TempDir
    Path folder;

    private JobConfig load(String source, String sink) throws IOException {
        return JobConfig.load(Files.writeString(
                folder.resolve("job.yaml"),
                "source:\n  bootstrap_servers: a:1\n  topics: [t]\n" + source
                        + "sink:\n  findings_topic: f\n  dead_letter_topic: d\n" + sink));
    }

    @Test
    void withoutAWordOnThemDeadLettersAreCappedAndFlowsAreScaledByWhatTheyReport() throws IOException {
        JobConfig config = load("", "");
        assertThat(config.deadLettersPerMinute()).isEqualTo(1_000);
        assertThat(rate(config.treatment().sampling(), "192.0.2.1", 1)).isEqualTo(1);
        assertThat(rate(config.treatment().sampling(), "192.0.2.1", 64)).isEqualTo(64);
    }

    @Test
    void samplingRatesAreReadByDefaultByExporterAndAsOverrides() throws IOException {
        Sampling sampling = load(
                        "  sampling:\n    default: 10\n    exporters: {192.0.2.1: 20}\n"
                                + "    override:\n      2001:db8::1: 30\n",
                        "  dead_letters_per_minute: 0\n")
                .treatment()
                .sampling();
        assertThat(rate(sampling, "192.0.2.9", 1)).isEqualTo(10);
        assertThat(rate(sampling, "192.0.2.1", 1)).isEqualTo(20);
        assertThat(rate(sampling, "192.0.2.1", 64)).isEqualTo(64);
        assertThat(rate(sampling, "2001:db8::1", 64)).isEqualTo(30);
    }

    @Test
    void whatIsWrongWithThemIsNamedByLineAndKey() {
        assertThatThrownBy(() -> load(
                        "  sampling:\n    defualt: 10\n    exporters: {router-1: 20}\n    override:\n      192.0.2.1: 0\n",
                        "  dead_letters_per_minute: -1\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("job.yaml:5: source.sampling.defualt: unknown key; did you mean 'default'?")
                .hasMessageContaining("job.yaml:6: source.sampling.exporters.router-1: 'router-1' is not an exporter's IP address")
                .hasMessageContaining("job.yaml:8: source.sampling.override.192.0.2.1: 0 is not 1 to 1000000")
                .hasMessageContaining("job.yaml:12: sink.dead_letters_per_minute: -1 is not 0 to 1000000");
    }

    @Test
    void otherFormatsHaveATopicEach() throws IOException {
        assertThat(load("", "").alsoTopics()).isEmpty();
        assertThat(load("", "  also: {leef: l, ecs: e}\n").alsoTopics())
                .containsExactly(Map.entry(FindingFormat.ECS, "e"), Map.entry(FindingFormat.LEEF, "l"));
        assertThatThrownBy(() -> load("", "  also:\n    leef: f\n    ecs: e\n    csv: e\n    ocsf: o\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("sink.also.leef: 'f' is the topic of something else; give each format its own")
                .hasMessageContaining("sink.also.csv: 'e' is the topic of something else")
                .hasMessageContaining("sink.also.ocsf: unknown key");
    }

    @Test
    void aShadowRuleNeedsATopicForItsFindings() throws IOException {
        Files.writeString(
                folder.resolve("shadow.yaml"),
                """
                rules:
                  - id: R-1
                    title: Long
                    type: long-connection
                    mode: shadow
                    level: high
                    condition: {duration: {low: 1h, medium: 4h, high: 8h, critical: 12h}}
                """);
        assertThatThrownBy(() -> load("", "rules: shadow.yaml\n"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("sink.shadow_topic: missing; rule R-1 is in shadow mode");
        JobConfig config = load("", "  shadow_topic: s\n  suppressed_topic: k\nrules: shadow.yaml\n");
        assertThat(config.shadowTopic()).isEqualTo("s");
        assertThat(config.suppressedTopic()).isEqualTo("k");
        assertThatThrownBy(() -> load("", "  shadow_topic: f\n  suppressed_topic: f\n"))
                .hasMessageContaining("sink.shadow_topic: 'f' is the topic of something else; give it its own")
                .hasMessageContaining("sink.suppressed_topic: 'f' is the topic of something else");
    }

    private static int rate(Sampling sampling, String exporter, int reported) {
        Address address = Address.parse(exporter);
        Flow flow = new Flow();
        flow.exporterHi = address.hi;
        flow.exporterLo = address.lo;
        flow.samplingRate = reported;
        sampling.apply(flow);
        return flow.samplingRate;
    }
}
