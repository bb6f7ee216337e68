package io.botwatch.local;

import io.botwatch.job.SketchSecret;
import io.botwatch.network.Network;
import io.botwatch.rule.RuleSet;
import io.botwatch.rules.RulesDocument;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say which rules run, on whose networks. */
final class RuleOptions {
    @Option(
            names = "--rules",
            defaultValue = "enterprise",
            paramLabel = "FILE|PRESET",
            description = "a rule file, or a preset: enterprise (default), aql")
    private String rules;

    @Option(
            names = "--internal",
            split = ",",
            paramLabel = "CIDR",
            description = "internal networks, instead of the rule file's internal_subnets; repeatable, comma-separated")
    private List<String> internal;

    @Option(
            names = "--sketch-secret-file",
            paramLabel = "FILE",
            description = "file with the secret that keys the sketches' hashes; default: a fixed, published key")
    private Path sketchSecretFile;

    RuleSet load() {
        return load(rules);
    }

    /** Other rules for the same networks. */
    RuleSet load(String named) {
        RuleSet loaded = RulesDocument.named(named, null);
        return internal == null ? loaded : loaded.withInternal(networks());
    }

    private List<Network> networks() {
        try {
            return internal.stream().map(Network::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new UsageException("--internal: " + e.getMessage());
        }
    }

    long sketchSecret() {
        try {
            return SketchSecret.load(sketchSecretFile);
        } catch (java.io.IOException e) {
            throw new UsageException("--sketch-secret-file: " + e.getMessage());
        }
    }
}
