package io.botwatch.train;

import io.botwatch.dga.GeneratedLabel;
import io.botwatch.dga.NameFeatures;
import io.botwatch.dga.NameLanguage;
import io.botwatch.dga.NameModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a {@link NameModel} of labelled names. Each family counts as much as any other, and all families together as much as
 * the names that people chose.
 */
public final class NameTraining {
    /** A name that people chose is described by a language that was not taught by it, but by four fifths of the others. */
    private static final int FOLDS = 5;

    private NameTraining() {}

    /** @throws IllegalArgumentException when either kind is missing */
    public static NameModel train(List<LabelledName> names) {
        List<LabelledName> used =
                names.stream().filter(name -> !GeneratedLabel.of(name.name()).isEmpty()).toList();
        NameLanguage all = language(used, -1);
        List<NameLanguage> folds = new ArrayList<>();
        for (int fold = 0; fold < FOLDS; fold++) {
            folds.add(language(used, fold));
        }
        double[][] x = new double[used.size()][];
        boolean[] y = new boolean[used.size()];
        for (int i = 0; i < x.length; i++) {
            LabelledName name = used.get(i);
            y[i] = name.isGenerated();
            x[i] = NameFeatures.of(GeneratedLabel.of(name.name()), y[i] ? all : folds.get(fold(name)));
        }
        double[] means = new double[NameFeatures.COUNT];
        double[] deviations = new double[NameFeatures.COUNT];
        standardize(x, means, deviations);
        return new NameModel(all, means, deviations, LogisticRegression.fit(x, y, importance(used)));
    }

    /** @param without a fold that is left out; -1 for none */
    private static NameLanguage language(List<LabelledName> names, int without) {
        NameLanguage language = new NameLanguage();
        for (LabelledName name : names) {
            if (!name.isGenerated() && fold(name) != without) {
                language.learn(GeneratedLabel.of(name.name()));
            }
        }
        return language;
    }

    private static int fold(LabelledName name) {
        return Math.floorMod(GeneratedLabel.of(name.name()).hashCode(), FOLDS);
    }

    private static void standardize(double[][] x, double[] means, double[] deviations) {
        for (int j = 0; j < means.length; j++) {
            double sum = 0;
            double squares = 0;
            for (double[] row : x) {
                sum += row[j];
                squares += row[j] * row[j];
            }
            means[j] = sum / x.length;
            deviations[j] = Math.sqrt(Math.max(0, squares / x.length - means[j] * means[j])) + 1e-9;
        }
        for (double[] row : x) {
            NameModel.standardized(row, means, deviations);
        }
    }

    private static double[] importance(List<LabelledName> names) {
        Map<String, Integer> sizes = new HashMap<>();
        names.forEach(name -> sizes.merge(String.valueOf(name.family()), 1, Integer::sum));
        int families = sizes.size() - 1;
        if (families < 1 || !sizes.containsKey("null")) {
            throw new IllegalArgumentException("there must be names of both classes, dga and legit");
        }
        return names.stream()
                .mapToDouble(name -> {
                    double share = 1.0 / sizes.get(String.valueOf(name.family()));
                    return names.size() / 2.0 * (name.isGenerated() ? share / families : share);
                })
                .toArray();
    }
}
