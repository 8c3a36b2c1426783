package io.github.repvgg4j.train.loop;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Another source's gradient, element by element times constants; running statistics must have 1.
 */
public final class MultipliedGradient implements GradientSource {

  private final GradientSource source;
  private final INDArray multipliers;

  /**
   * @param source taken over
   * @param multipliers {@code [1, P]} of the gradient's type
   */
  public MultipliedGradient(GradientSource source, INDArray multipliers) {
    this.source = source;
    this.multipliers = multipliers;
  }

  @Override
  public double compute(INDArray features, INDArray targets) {
    double loss = source.compute(features, targets);
    source.gradient().muli(multipliers);
    return loss;
  }

  @Override
  public INDArray gradient() {
    return source.gradient();
  }

  @Override
  public String description() {
    return source.description() + ", times RepOptimizer's constants";
  }

  @Override
  public void close() {
    source.close();
  }
}
