package io.botwatch.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/** What an operator is given: rules of alerts, their tests, the dashboard and the table of metrics. */
public final class MonitoringFiles {
    static final Path ROOT = Path.of(System.getProperty("botwatch.root"));
    static final Path ALERTS = ROOT.resolve("monitoring/alerts.yaml");
    static final Path ALERT_TESTS = ROOT.resolve("monitoring/alerts-test.yaml");
    static final Path DASHBOARD = ROOT.resolve("monitoring/dashboard.json");
    static final Path TABLE = ROOT.resolve("docs/monitoring.md");
    static final Path RUNBOOKS = ROOT.resolve("docs/runbooks.md");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("\\b((?:P|flink|botwatch_canary)_\\w*[a-zA-Z0-9])\\b(?!_)");

    private MonitoringFiles() {}

    static JsonNode yaml(Path file) throws IOException {
        return JSON.valueToTree(new Yaml().<Object>load(Files.readString(file)));
    }

    static JsonNode dashboard() throws IOException {
        return JSON.readTree(Files.readString(DASHBOARD));
    }

    /** All rules, of all groups, in their order. */
    static List<JsonNode> rules(JsonNode alerts) {
        List<JsonNode> rules = new ArrayList<>();
        alerts.path("groups").forEach(group -> group.path("rules").forEach(rules::add));
        return rules;
    }

    /** Expressions of alerts and recording rules, by where they stand. */
    static Map<String, String> expressions(JsonNode alerts) {
        Map<String, String> expressions = new LinkedHashMap<>();
        for (JsonNode rule : rules(alerts)) {
            expressions.put(rule.path("alert").asText(rule.path("record").asText()), rule.path("expr").asText());
        }
        return expressions;
    }

    /** Names that the rules record themselves. */
    static Set<String> recorded(JsonNode alerts) {
        Set<String> names = new TreeSet<>();
        rules(alerts).stream().filter(rule -> rule.has("record")).forEach(rule -> names.add(rule.path("record").asText()));
        return names;
    }

    /** Queries of the dashboard's panels and variables, by where they stand, as Grafana sends them for the job. */
    static Map<String, String> queries(JsonNode dashboard, String job) {
        Map<String, String> queries = new LinkedHashMap<>();
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.put(
                        panel.path("title").asText() + " " + target.path("refId").asText(),
                        target.path("expr").asText().replace("$__rate_interval", "5m").replace("$job", job));
            }
        }
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            if (variable.path("type").asText().equals("query")) {
                String asked = variable.path("query").path("query").asText();
                Matcher values = Pattern.compile("label_values\\((.*), \\w+\\)").matcher(asked);
                if (!values.matches()) {
                    throw new AssertionError("variable " + variable.path("name").asText() + ": " + asked);
                }
                queries.put("variable " + variable.path("name").asText(), values.group(1));
            }
        }
        return queries;
    }

    /** Names of docs/monitoring.md as scraped. */
    public static Set<String> documented() throws IOException {
        return names(TABLE);
    }

    /** Names of metrics in a page, as scraped. */
    static Set<String> names(Path page) throws IOException {
        Set<String> names = new TreeSet<>();
        Matcher name = NAME.matcher(Files.readString(page));
        while (name.find()) {
            names.add(name.group(1).replaceFirst("^P_", "flink_taskmanager_job_task_operator_"));
        }
        return names;
    }
}
