package io.github.repvgg4j.onednn.primitive;

import org.bytedeco.dnnl.global.dnnl;

/**
 * A function of each number by itself.
 *
 * @param alpha its parameter: slope below zero of a ReLU, upper bound of a bounded one
 */
public record Function(Kind kind, float alpha) {

  /** Which function. */
  public enum Kind {
    /** {@code alpha x}. */
    LINEAR(dnnl.dnnl_eltwise_linear),
    /** {@code max(x, 0) + alpha min(x, 0)}. */
    RELU(dnnl.dnnl_eltwise_relu),
    /** {@code min(max(x, 0), alpha)}. */
    BOUNDED_RELU(dnnl.dnnl_eltwise_bounded_relu),
    /** {@code x} above zero, {@code alpha (exp(x) - 1)} below. */
    ELU(dnnl.dnnl_eltwise_elu),
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID(dnnl.dnnl_eltwise_logistic),
    TANH(dnnl.dnnl_eltwise_tanh),
    /** {@code x / (1 + exp(-alpha x))}. */
    SWISH(dnnl.dnnl_eltwise_swish);

    private final int algorithm;

    Kind(int algorithm) {
      this.algorithm = algorithm;
    }

    int algorithm() {
      return algorithm;
    }
  }

  public static final Function IDENTITY = new Function(Kind.LINEAR, 1);
  public static final Function RELU = new Function(Kind.RELU, 0);
  public static final Function SIGMOID = new Function(Kind.SIGMOID, 0);
  public static final Function TANH = new Function(Kind.TANH, 0);
  public static final Function SWISH = new Function(Kind.SWISH, 1);

  /** Times a number. */
  public static Function times(double factor) {
    return new Function(Kind.LINEAR, (float) factor);
  }

  public static Function relu(double slope) {
    return new Function(Kind.RELU, (float) slope);
  }

  public static Function relu6() {
    return new Function(Kind.BOUNDED_RELU, 6);
  }

  public static Function elu(double alpha) {
    return new Function(Kind.ELU, (float) alpha);
  }

  public boolean isIdentity() {
    return equals(IDENTITY);
  }
}
