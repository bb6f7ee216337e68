package io.botwatch.live;

import java.util.Properties;
import java.util.Set;

/** Settings of Kafka clients, of what a job's configuration passes on to all of them. */
public final class Clients {
    private Clients() {}

    /**
     * @param known names that this kind of client takes; others are of other kinds
     * @param passed on as it is
     */
    public static Properties of(String bootstrapServers, Set<String> known, Properties passed) {
        Properties properties = new Properties();
        passed.stringPropertyNames().stream()
                .filter(name -> known.contains(name) || name.startsWith("config.providers"))
                .forEach(name -> properties.setProperty(name, passed.getProperty(name)));
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
