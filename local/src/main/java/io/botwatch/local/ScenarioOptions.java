package io.botwatch.local;

import io.botwatch.generate.ExportersView;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Scenario;
import picocli.CommandLine.Option;

/** The options that say which day is simulated. */
final class ScenarioOptions {
    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "another seed is another day; default ${DEFAULT-VALUE}")
    long seed;

    @Option(names = "--hours", defaultValue = "24", paramLabel = "N", description = "how long the day is, 4 or more; default ${DEFAULT-VALUE}")
    int hours;

    @Option(names = "--scale", defaultValue = "1", paramLabel = "X", description = "of the background, as a multiple of 300 hosts; default ${DEFAULT-VALUE}")
    private double scale;

    @Option(
            names = "--view",
            defaultValue = "initiator",
            paramLabel = "VIEW",
            description = {
                "initiator (default): a record a connection, the initiator's side alone;",
                "exporters: as two routers export it: both directions, cut every 60 s, everything twice"
            })
    private View view;

    /** How connections become records. */
    enum View {
        initiator,
        exporters
    }

    /** The day's records, in order of start. */
    FlowCursor records(Scenario scenario) {
        return view == View.exporters ? new ExportersView(scenario.cursor()) : scenario.cursor();
    }

    Scenario scenario() {
        try {
            return Scenario.enterprise(seed, hours, scale);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage());
        }
    }
}
