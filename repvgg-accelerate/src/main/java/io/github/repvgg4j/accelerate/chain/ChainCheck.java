package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.array.ReferenceNumbers;
import io.github.repvgg4j.onednn.Precision;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares a chain's gradient with Deeplearning4j's on the graph's present parameters and a small
 * random batch. What counts is |chain - graph| / |graph| over the whole vector (Euclidean norms):
 * single entries scatter, since a ReLU's input near zero changes sign by rounding alone.
 */
public final class ChainCheck {

  /** Largest relative difference of a float32 chain; seen: 1e-6. */
  public static final double FP32_LIMIT = 1e-2;

  /**
   * Largest relative difference of a bfloat16 chain; seen: 0.14 for 8 blocks, 0.64 for the 22 of
   * A0, both at random weights, where BatchNorm passes rounding on undamped. Below 1, which is what
   * a gradient of zeros differs by.
   */
  public static final double BF16_LIMIT = 0.9;

  private static final int IMAGES = 8;

  private ChainCheck() {}

  /**
   * @return the relative difference
   * @throws ChainUnsupportedException where it exceeds the limit, naming the worst layer
   */
  public static double requireAgreement(
      ComputationGraph graph, TrainingChain chain, Precision precision, int height, int width)
      throws ChainUnsupportedException {
    double limit = precision == Precision.BF16 ? BF16_LIMIT : FP32_LIMIT;
    return requireAgreement(graph, chain, limit, height, width);
  }

  /**
   * @param limit largest relative difference
   * @return the relative difference
   * @throws ChainUnsupportedException where it exceeds the limit, naming the worst layer
   */
  public static double requireAgreement(
      ComputationGraph graph, TrainingChain chain, double limit, int height, int width)
      throws ChainUnsupportedException {
    Batch batch = Batch.of(chain, height, width);
    graph.setInputs(batch.features);
    graph.setLabels(batch.targets);
    graph.computeGradientAndScore();
    INDArray expected = graph.getGradientsViewArray().reshape(1, graph.numParams()).dup();
    graph.clearLayersStates();
    Optional<String> flaw = ReferenceNumbers.flaw(expected);
    if (flaw.isPresent()) {
      throw new ChainUnsupportedException(
          "the graph's gradient, which the chain's is compared with, " + flaw.get());
    }
    chain.compute(batch.features, batch.targets);
    double difference = relative(chain.gradient(), expected);
    if (!(difference <= limit)) {
      throw new ChainUnsupportedException(
          String.format(
              Locale.ROOT,
              "the chain's gradient differs from the graph's by %.1e, most at %s; %.0e allowed",
              difference,
              worst(graph, chain.gradient(), expected),
              limit));
    }
    return difference;
  }

  private static double relative(INDArray found, INDArray expected) {
    double difference = found.sub(expected).norm2Number().doubleValue();
    return difference == 0 ? 0 : difference / expected.norm2Number().doubleValue();
  }

  private static String worst(ComputationGraph graph, INDArray found, INDArray expected) {
    String name = "";
    double largest = -1;
    for (var layer : graph.getLayers()) {
      for (var entry : layer.paramTable().entrySet()) {
        ChainNode.Slice slice = ChainNode.Slice.of(entry.getValue(), graph.params());
        double difference = relative(Ranges.of(found, slice), Ranges.of(expected, slice));
        if (difference > largest) {
          largest = difference;
          name = layer.conf().getLayer().getLayerName() + " (" + entry.getKey() + ")";
        }
      }
    }
    return name;
  }

  /** Draws nothing from ND4J's random stream. */
  private record Batch(INDArray features, INDArray targets) {
    static Batch of(TrainingChain chain, int height, int width) {
      Random random = new Random(1);
      float[] pixels = new float[(int) (IMAGES * chain.channels() * height * width)];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (float) random.nextGaussian();
      }
      INDArray features =
          Nd4j.createFromArray(pixels).reshape(IMAGES, chain.channels(), height, width);
      INDArray targets = Nd4j.zeros(DataType.FLOAT, IMAGES, chain.classes());
      for (int i = 0; i < IMAGES; i++) {
        targets.putScalar(i, i % chain.classes(), 1);
      }
      return new Batch(features, targets);
    }
  }
}
