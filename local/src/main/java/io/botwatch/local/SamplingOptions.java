package io.botwatch.local;

import io.botwatch.flow.Address;
import io.botwatch.ingest.Sampling;
import io.botwatch.job.SamplingSection;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say at what rates exporters sampled. */
final class SamplingOptions {
    @Option(
            names = "--sampling-rate",
            paramLabel = "N",
            description = "exporters sampled 1 in N packets where their records report no rate; bytes and packets are scaled by it")
    private Integer byDefault;

    @Option(
            names = "--sampling-rates",
            split = ",",
            paramLabel = "FILE|ADDRESS=N",
            description = "the same by exporter, repeatable, comma-separated; or a YAML file with default, exporters and override")
    private List<String> rates;

    Sampling load() {
        if (rates != null && rates.size() == 1 && !rates.get(0).contains("=")) {
            if (byDefault != null) {
                throw new UsageException("--sampling-rate: the file of --sampling-rates has a default of its own");
            }
            return SamplingSection.load(Path.of(rates.get(0)));
        }
        try {
            return new Sampling(byDefault == null ? 1 : byDefault, exporters(), Map.of());
        } catch (IllegalArgumentException e) {
            throw new UsageException(rates == null ? "--sampling-rate: " + e.getMessage() : "--sampling-rates: " + e.getMessage());
        }
    }

    private Map<Address, Integer> exporters() {
        Map<Address, Integer> exporters = new HashMap<>();
        for (String rate : rates == null ? List.<String>of() : rates) {
            int equals = rate.indexOf('=');
            if (equals < 0 || !rate.substring(equals + 1).matches("\\d{1,9}")) {
                throw new IllegalArgumentException("'" + rate + "' is not ADDRESS=N such as 192.0.2.1=100");
            }
            exporters.put(Address.parse(rate.substring(0, equals)), Integer.parseInt(rate.substring(equals + 1)));
        }
        return exporters;
    }
}
