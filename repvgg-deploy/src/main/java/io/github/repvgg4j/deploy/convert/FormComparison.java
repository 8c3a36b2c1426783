package io.github.repvgg4j.deploy.convert;

import io.github.repvgg4j.deploy.convert.ConversionReport.Accuracy;
import io.github.repvgg4j.deploy.convert.ConversionReport.LayerDifference;
import io.github.repvgg4j.model.Logits;
import io.github.repvgg4j.rewrite.Activations;
import io.github.repvgg4j.rewrite.FusionResult.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   * @param accuracy null where the classes are unknown
   */
  record Result(
      int images, double maxAbs, double maxRel, double top1Agreement, Accuracy accuracy) {}

  Result compare(ComparisonInputs inputs) {
    Tally tally = new Tally();
    for (int from = 0; from < inputs.size(); from += IMAGES_PER_CALL) {
      INDArray images = inputs.images(from, Math.min(from + IMAGES_PER_CALL, inputs.size()));
      tally.add(logits(model, images), logits(fast, images), inputs.classes(), from);
    }
    return tally.result(inputs.classes() != null);
  }

  private static double[][] logits(Model network, INDArray images) {
    return Logits.of(network, images).castTo(DataType.DOUBLE).toDoubleMatrix();
  }

  /** What accumulates over the images. */
  private static final class Tally {
    private int images;
    private double maxAbs;
    private double largest = Double.MIN_NORMAL;
    private int agree;
    private int modelRight;
    private int fastRight;

    void add(double[][] a, double[][] b, int[] classes, int from) {
      for (int i = 0; i < a.length; i++) {
        for (int j = 0; j < a[i].length; j++) {
          maxAbs = Math.max(maxAbs, Math.abs(a[i][j] - b[i][j])); // NaN stays NaN
          largest = Math.max(largest, Math.abs(a[i][j]));
        }
        int first = argmax(a[i]);
        int second = argmax(b[i]);
        agree += first == second ? 1 : 0;
        if (classes != null) {
          modelRight += first == classes[from + i] ? 1 : 0;
          fastRight += second == classes[from + i] ? 1 : 0;
        }
        images++;
      }
    }

    Result result(boolean labelled) {
      double n = images;
      return new Result(
          images,
          maxAbs,
          maxAbs / largest,
          agree / n,
          labelled ? new Accuracy(modelRight / n, fastRight / n) : null);
    }
  }

  static int argmax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Each fused convolution's output against the output of what it replaces, in order. */
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
                .ifPresent(expected -> differences.add(difference(name, place, expected, values)));
          }
        });
    return differences;
  }

  private static LayerDifference difference(String name, String to, INDArray a, INDArray b) {
    INDArray exact = a.castTo(DataType.DOUBLE);
    double abs = exact.sub(b.castTo(DataType.DOUBLE)).amaxNumber().doubleValue();
    double largest = Math.max(exact.amaxNumber().doubleValue(), Double.MIN_NORMAL);
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
