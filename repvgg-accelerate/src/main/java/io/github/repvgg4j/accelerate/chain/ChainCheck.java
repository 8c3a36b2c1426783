package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.array.ReferenceNumbers;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Compares a chain's gradient with Deeplearning4j's on the graph's present parameters and small
 * random batches. A ReLU's input near zero changes sign by rounding alone, and where a late layer
 * sees few pixels one such sign moves the gradients of all layers before it. So the limits are
 * wide, and one batch of three that agrees is enough: wrong code is wrong in each.
 */
public final class ChainCheck {

  /**
   * Largest |chain - graph| / |graph| (Euclidean norms).
   *
   * @param whole of the whole gradient
   * @param kernel of each convolution's weights, of which some are a thousandth of the whole
   */
  public record Limits(double whole, double kernel) {}

  /**
   * Seen at random weights: 1e-5 where no sign changes; where some do (22 to 40 blocks, 32 pixels)
   * up to 0.08 of the whole, 0.1 of a kernel. A wrong kernel differs by about 1.
   */
  public static final Limits FP32 = new Limits(0.25, 0.25);

  /** Of bfloat16's changed signs an eighth, of their norm a third. Not run on a card. */
  public static final Limits TF32 = new Limits(0.5, Double.POSITIVE_INFINITY);

  /**
   * Seen: 0.14 for 8 blocks, 0.64 for the 22 of A0, both at random weights, where BatchNorm passes
   * rounding on undamped. Below 1, which is what a gradient of zeros differs by.
   */
  public static final Limits BF16 = new Limits(0.9, Double.POSITIVE_INFINITY);

  /** Of the whole gradient; weights whose share is smaller may hold nothing but rounding. */
  private static final double LEAST_SHARE = 1e-5;

  private static final int IMAGES = 8;
  private static final int BATCHES = 3;

  private ChainCheck() {}

  /**
   * @return the relative difference of the whole gradient
   * @throws ChainUnsupportedException where a limit is exceeded in every batch, naming the layer
   *     that differs most in the last
   */
  public static double requireAgreement(
      ComputationGraph graph, TrainingChain chain, Limits limits, int height, int width)
      throws ChainUnsupportedException {
    for (int seed = 1; ; seed++) {
      Batch batch = Batch.of(chain, height, width, seed);
      INDArray expected = expected(graph, batch);
      chain.compute(batch.features, batch.targets);
      double whole = norm(chain.gradient().sub(expected)) / norm(expected);
      Difference worst = worst(chain, expected);
      if (whole <= limits.whole && worst.relative <= limits.kernel) {
        return whole;
      }
      if (seed == BATCHES) {
        throw new ChainUnsupportedException(
            String.format(
                Locale.ROOT,
                "the chain's gradient differs from the graph's by %.1e, most at %s by %.1e; %s allowed",
                whole,
                worst.layer,
                worst.relative,
                limits.whole));
      }
    }
  }

  private static INDArray expected(ComputationGraph graph, Batch batch)
      throws ChainUnsupportedException {
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
    return expected;
  }

  /** Of the convolutions' weights. */
  private static Difference worst(TrainingChain chain, INDArray expected) {
    double least = LEAST_SHARE * norm(expected);
    Difference worst = new Difference("", -1);
    for (ChainNode node : chain.nodes()) {
      if (node instanceof ChainNode.Convolution convolution) {
        INDArray own = Ranges.of(expected, convolution.weights());
        INDArray found = Ranges.of(chain.gradient(), convolution.weights());
        double relative = norm(found.sub(own)) / Math.max(norm(own), least);
        if (Double.compare(relative, worst.relative) > 0) { // NaN is greater than any
          worst = new Difference(node.name(), relative);
        }
      }
    }
    return worst;
  }

  private static double norm(INDArray numbers) {
    return numbers.norm2Number().doubleValue();
  }

  /**
   * @param relative |chain - graph| / |graph|
   */
  private record Difference(String layer, double relative) {}

  /** Draws nothing from ND4J's random stream. */
  private record Batch(INDArray features, INDArray targets) {
    static Batch of(TrainingChain chain, int height, int width, int seed) {
      Random random = new Random(seed);
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
