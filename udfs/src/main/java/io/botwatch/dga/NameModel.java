package io.botwatch.dga;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How much a name looks like one that an algorithm made: a logistic regression over {@link NameFeatures}. The model that is
 * shipped was trained by {@code botwatch train-names}; docs/detectors/dga.md has how well it does.
 */
public final class NameModel {
    private static final String HEADER = "botwatch name model 1";
    private static final String RESOURCE = "/io/botwatch/dga/names.model";

    /** Standardized features are cut off here, so that no odd name weighs more than the model has seen. */
    private static final double MOST = 4;

    private final NameLanguage language;
    private final double[] means;
    private final double[] deviations;

    /** The last one is the constant. */
    private final double[] weights;

    public NameModel(NameLanguage language, double[] means, double[] deviations, double[] weights) {
        this.language = language;
        this.means = means;
        this.deviations = deviations;
        this.weights = weights;
    }

    /** The one that is shipped. */
    public static NameModel shipped() {
        try (InputStream in = NameModel.class.getResourceAsStream(RESOURCE)) {
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    /** @return 0 to 1; 0 where the name has no label that anyone chose */
    public double score(String name) {
        String label = GeneratedLabel.of(name);
        return label.isEmpty() ? 0 : 1 / (1 + Math.exp(-logit(label)));
    }

    private double logit(String label) {
        double[] features = standardized(NameFeatures.of(label, language), means, deviations);
        double sum = weights[features.length];
        for (int i = 0; i < features.length; i++) {
            sum += weights[i] * features[i];
        }
        return sum;
    }

    /** Changes the features in place, and returns them. */
    public static double[] standardized(double[] features, double[] means, double[] deviations) {
        for (int i = 0; i < features.length; i++) {
            features[i] = Math.max(-MOST, Math.min(MOST, (features[i] - means[i]) / deviations[i]));
        }
        return features;
    }

    /** Text: the numbers of the features, then what follows what, and how often. */
    public void write(PrintWriter out) {
        out.println(HEADER);
        for (double[] numbers : new double[][] {means, deviations, weights}) {
            out.println(String.join(" ", Arrays.stream(numbers).mapToObj(number -> Float.toString((float) number)).toList()));
        }
        for (int three = 0; three < language.threes.length; three++) {
            if (language.threes[three] > 0) {
                out.println(three + " " + language.threes[three]);
            }
        }
    }

    /** @throws IOException when it is no such text */
    static NameModel read(InputStream in) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
        if (!HEADER.equals(lines.readLine())) {
            throw new IOException("not a " + HEADER);
        }
        double[] means = numbers(lines.readLine(), NameFeatures.COUNT);
        double[] deviations = numbers(lines.readLine(), NameFeatures.COUNT);
        double[] weights = numbers(lines.readLine(), NameFeatures.COUNT + 1);
        NameLanguage language = new NameLanguage();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int space = line.indexOf(' ');
            language.count(Integer.parseInt(line.substring(0, space)), Integer.parseInt(line.substring(space + 1)));
        }
        return new NameModel(language, means, deviations, weights);
    }

    private static double[] numbers(String line, int count) throws IOException {
        double[] numbers = line == null
                ? new double[0]
                : Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
        if (numbers.length != count) {
            throw new IOException(numbers.length + " numbers instead of " + count);
        }
        return numbers;
    }
}
