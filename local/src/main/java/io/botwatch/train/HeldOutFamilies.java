package io.botwatch.train;

import io.botwatch.dga.NameModel;
import io.botwatch.evaluate.Curve;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How well a model does on families that it was not trained on: every other one by name is held out, and half of the names that
 * people chose, too.
 *
 * @param trainedOn families, by name
 * @param area under the ROC curve, of all held out names
 * @param recall share of generated names that score above 99 % of the others
 * @param areas the same by family
 */
public record HeldOutFamilies(List<String> trainedOn, double area, double recall, Map<String, Double> areas) {
    private static final double FALSE_POSITIVES = 0.01;

    /** @param half 0 to train on the first family and every other one after it, 1 on the rest */
    public static HeldOutFamilies of(List<LabelledName> names, int half) {
        List<String> families = new ArrayList<>(new TreeSet<>(
                names.stream().filter(LabelledName::isGenerated).map(LabelledName::family).toList()));
        List<LabelledName> training = new ArrayList<>();
        List<LabelledName> heldOut = new ArrayList<>();
        for (LabelledName name : names) {
            int at = name.isGenerated() ? families.indexOf(name.family()) : name.name().hashCode() & 1;
            (at % 2 == half ? training : heldOut).add(name);
        }
        NameModel model = NameTraining.train(training);
        double[] chosen = heldOut.stream().filter(name -> !name.isGenerated()).mapToDouble(name -> model.score(name.name())).toArray();
        Map<String, List<Double>> generated = new TreeMap<>();
        heldOut.stream()
                .filter(LabelledName::isGenerated)
                .forEach(name -> generated.computeIfAbsent(name.family(), f -> new ArrayList<>()).add(model.score(name.name())));
        Map<String, Double> areas = new TreeMap<>();
        generated.forEach((family, scores) -> areas.put(family, new Curve(array(scores), chosen).area()));
        Curve all = new Curve(array(generated.values().stream().flatMap(List::stream).toList()), chosen);
        return new HeldOutFamilies(
                training.stream().filter(LabelledName::isGenerated).map(LabelledName::family).distinct().sorted().toList(),
                all.area(),
                all.recall(all.threshold(FALSE_POSITIVES)),
                areas);
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
