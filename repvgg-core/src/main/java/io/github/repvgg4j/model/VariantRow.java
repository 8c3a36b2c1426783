package io.github.repvgg4j.model;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * One row of the catalogue: a variant and what both forms cost, computed from their graphs.
 *
 * @param variant the network
 * @param spec as published: 1000 classes, 224 x 224
 * @param training cost of the three-branch form
 * @param fast cost of the fused form
 */
public record VariantRow(
    RepVggVariant variant, RepVggSpec spec, ModelCost training, ModelCost fast) {

  public static VariantRow of(RepVggVariant variant) {
    RepVggSpec spec = variant.spec();
    InputShape shape = spec.input();
    InputType image = InputType.convolutional(shape.height(), shape.width(), shape.channels());
    GraphOptions options = GraphOptions.withSeed(0);
    return new VariantRow(
        variant,
        spec,
        ModelCost.of(RepVggGraphs.configuration(spec, options), image),
        ModelCost.of(RepVggGraphs.fastConfiguration(spec, options), image));
  }

  /** All variants in the order of the enum; takes a second or two. */
  public static List<VariantRow> all() {
    return Arrays.stream(RepVggVariant.values()).map(VariantRow::of).toList();
  }

  /** Names of the {@link #cells}. */
  public static List<String> header() {
    return List.of(
        "variant",
        "depths",
        "widths",
        "groups",
        "SE",
        "params M train/fast",
        "MACs G train/fast",
        "top-1 %",
        "source");
  }

  /** This row as text, one cell for each name of the {@link #header}. */
  public List<String> cells() {
    return List.of(
        variant.label(),
        join(spec.depths()),
        join(spec.widths()),
        Integer.toString(spec.blockOptions().groups()),
        spec.blockOptions().squeezeExcitation() ? "yes" : "no",
        pair(training.parameters() / 1e6, fast.parameters() / 1e6),
        pair(training.macs() / 1e9, fast.macs() / 1e9),
        variant.published().top1().isPresent()
            ? String.format(Locale.ROOT, "%.2f", variant.published().top1().getAsDouble())
            : "-",
        variant.published().source().isEmpty() ? "-" : variant.published().source());
  }

  private static String join(List<Integer> numbers) {
    return String.join(" ", numbers.stream().map(String::valueOf).toList());
  }

  private static String pair(double training, double fast) {
    return String.format(Locale.ROOT, "%.2f/%.2f", training, fast);
  }
}
