package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.array.ReferenceNumbers;
import io.github.repvgg4j.deploy.convert.ConversionReport.Accuracy;
import io.github.repvgg4j.deploy.convert.ConversionReport.LayerDifference;
import io.github.repvgg4j.deploy.convert.ConversionReport.OutputDifference;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.rewrite.FusionResult.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Both forms on the same images. */
final class FormComparison {

  private static final int IMAGES_PER_CALL = 16;
  private static final int IMAGES_FOR_LAYERS = 4;

  private final Model model;
  private final Model fast;

  FormComparison(Model model, Model fast) {
    this.model = model;
    this.fast = fast;
  }

  /**
   * Differences of the logits.
   *
   * @param outputs in the order of the network
   * @param top1Agreement null where no output is one of classes
   * @param accuracy null where the classes are unknown
   * @param flaws of outputs that prove nothing, as clauses
   */
  record Result(
      int images,
      List<OutputDifference> outputs,
      Double top1Agreement,
      Accuracy accuracy,
      List<String> flaws) {

    double maxAbs() {
      return largest(OutputDifference::maxAbsDifference);
    }

    double maxRel() {
      return largest(OutputDifference::maxRelDifference);
    }

    private double largest(ToDoubleFunction<OutputDifference> figure) {
      return outputs.stream().mapToDouble(figure).reduce(0, Math::max); // NaN stays NaN
    }
  }

  Result compare(ComparisonInputs inputs) {
    List<OutputTally> tallies = Head.of(model).stream().map(OutputTally::new).toList();
    for (int from = 0; from < inputs.size(); from += IMAGES_PER_CALL) {
      int to = Math.min(from + IMAGES_PER_CALL, inputs.size());
      List<INDArray> before = Logits.all(model, inputs.images(from, to));
      List<INDArray> after = Logits.all(fast, inputs.images(from, to));
      for (int i = 0; i < tallies.size(); i++) {
        tallies.get(i).add(before.get(i), after.get(i), inputs.classes(), from);
      }
    }
    return new Result(
        inputs.size(),
        tallies.stream().map(OutputTally::difference).toList(),
        OutputTally.agreement(tallies),
        inputs.classes() == null ? null : tallies.get(0).accuracy(),
        tallies.stream()
            .flatMap(tally -> tally.flaw().map(flaw -> tally.name() + " " + flaw).stream())
            .toList());
  }

  /**
   * Each fused convolution's output against the output of what it replaces, in order; not those
   * that are zero or one number throughout, where agreeing proves nothing.
   */
  List<LayerDifference> layers(ComparisonInputs inputs, Map<String, Span> sources) {
    INDArray images = inputs.images(0, Math.min(IMAGES_FOR_LAYERS, inputs.size()));
    Map<String, INDArray> before = activations(model, images);
    Map<String, INDArray> after = activations(fast, images);
    List<LayerDifference> differences = new ArrayList<>();
    after.forEach(
        (name, values) -> {
          Span span = sources.get(name);
          if (span != null) {
            String place = String.join(" + ", span.to());
            span.expected(before)
                .filter(expected -> ReferenceNumbers.flaw(expected).isEmpty())
                .ifPresent(expected -> differences.add(difference(name, place, expected, values)));
          }
        });
    return differences;
  }

  private static LayerDifference difference(String name, String to, INDArray a, INDArray b) {
    INDArray exact = a.castTo(DataType.DOUBLE);
    double abs = exact.sub(b.castTo(DataType.DOUBLE)).amaxNumber().doubleValue();
    double largest = exact.amaxNumber().doubleValue();
    return new LayerDifference(name, to, abs, abs / largest);
  }

  private static Map<String, INDArray> activations(Model network, INDArray images) {
    if (network instanceof ComputationGraph graph) {
      return graph.feedForward(images, false);
    }
    MultiLayerNetwork layers = (MultiLayerNetwork) network;
    List<INDArray> outputs = layers.feedForward(images, false);
    List<String> names = Activations.names(layers);
    Map<String, INDArray> named = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), outputs.get(i + 1));
    }
    return named;
  }
}
