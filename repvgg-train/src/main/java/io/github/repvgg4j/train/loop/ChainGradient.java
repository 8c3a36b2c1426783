package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.chain.ChainCheck;
import io.github.repvgg4j.accelerate.chain.ChainUnsupportedException;
import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.accelerate.chain.GradientChain;
import io.github.repvgg4j.accelerate.orthogonal.NewtonSchulz;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.train.optim.Kernel;
import io.github.repvgg4j.train.optim.Orthogonalizer;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gradient by one chain of oneDNN primitives, where that fits and agrees with the graph. */
public final class ChainGradient implements GradientSource {

  private static final Logger LOG = LoggerFactory.getLogger(ChainGradient.class);

  private final GradientChain chain;
  private final Precision precision;
  private final String description;

  /**
   * What a chain is asked to compute.
   *
   * @param convolutions kernels of the convolutions' gradients, by a fixed rule
   * @param distillation the loss of batches with a teacher
   * @param height of the images of the check, pixels
   * @param width likewise
   */
  public record Wanted(
      Precision precision,
      Convolutions convolutions,
      Distillation distillation,
      int height,
      int width) {

    /** Without a teacher. */
    public Wanted(Precision precision, Convolutions convolutions, int height, int width) {
      this(precision, convolutions, Distillation.NONE, height, width);
    }
  }

  private ChainGradient(GradientChain chain, Precision precision, String description) {
    this.chain = chain;
    this.precision = precision;
    this.description = description;
  }

  /**
   * The fastest source that is right for this graph: the chain after it agreed with the graph's own
   * gradient on a small batch, else the graph itself. Training listeners look into the layers, so a
   * graph that has some keeps its own path.
   *
   * @param mode OFF for the graph itself
   * @throws IllegalArgumentException where bf16 or mode REQUIRE is asked for and the chain can't be
   *     used; the message says why
   */
  public static GradientSource orGraph(
      ComputationGraph graph, AccelerationMode mode, Wanted wanted) {
    Precision precision = wanted.precision;
    String obstacle;
    AccelerationMode now = mode.unlessOverridden();
    if (now == AccelerationMode.OFF) {
      obstacle = "backend.accelerate is off";
    } else if (!graph.getListeners().isEmpty()) {
      obstacle = "training listeners are set";
    } else {
      try {
        return chain(graph, wanted);
      } catch (ChainUnsupportedException e) {
        obstacle = e.getMessage();
      }
    }
    if (precision != Precision.FP32) {
      throw new IllegalArgumentException(
          "backend.precision: " + precision + " can't be used: " + obstacle + "; use fp32");
    }
    if (now == AccelerationMode.REQUIRE) {
      throw new IllegalArgumentException(
          "backend.accelerate: require, but the gradient can't be one chain: " + obstacle);
    }
    return GradientSource.ofGraph(
        graph, wanted.distillation, "gradient by Deeplearning4j layer by layer: " + obstacle);
  }

  private static GradientSource chain(ComputationGraph graph, Wanted wanted)
      throws ChainUnsupportedException {
    GradientChain chain =
        GradientChain.of(graph, wanted.precision, wanted.convolutions, wanted.distillation);
    ChainCheck.Limits limits =
        wanted.precision == Precision.BF16 ? ChainCheck.BF16 : ChainCheck.FP32;
    try {
      double difference =
          ChainCheck.requireAgreement(graph, chain, limits, wanted.height, wanted.width);
      LOG.info(
          "the chain's gradient of random images differs from Deeplearning4j's by {} of its norm",
          String.format(Locale.ROOT, "%.1e", difference));
      return new ChainGradient(
          chain, wanted.precision, "gradient by one oneDNN chain (" + wanted.precision + ")");
    } catch (ChainUnsupportedException | RuntimeException e) {
      chain.close();
      throw e;
    }
  }

  @Override
  public double compute(INDArray features, INDArray targets) {
    try {
      return chain.compute(features, targets);
    } catch (ChainUnsupportedException e) {
      throw new IllegalStateException("images of another size: " + e.getMessage(), e);
    }
  }

  @Override
  public INDArray gradient() {
    return chain.gradient();
  }

  /** By oneDNN's products in the chain's precision. */
  @Override
  public Orthogonalizer orthogonalizer(List<Kernel> kernels, int steps) {
    NewtonSchulz products =
        NewtonSchulz.of(
                kernels.stream()
                    .map(k -> new NewtonSchulz.Matrix(k.offset(), k.rows(), k.columns()))
                    .toList(),
                new NewtonSchulz.Coefficients(Orthogonalizer.A, Orthogonalizer.B, Orthogonalizer.C),
                steps,
                precision)
            .orElseThrow();
    return new Orthogonalizer() {
      @Override
      public void run(INDArray vector) {
        products.run(vector);
      }

      @Override
      public void close() {
        products.close();
      }
    };
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public void close() {
    chain.close();
  }
}
