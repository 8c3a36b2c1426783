package io.github.repvgg4j.cuda.device;

/**
 * How convolutions are computed.
 *
 * @param format of inputs, kernels, outputs and their gradients; sums are float32
 * @param product how two float32 numbers are multiplied
 * @param choice among the device's algorithms
 */
public record ConvolutionOptions(NumberFormat format, Product product, Choice choice) {

  /** Of two float32 numbers. */
  public enum Product {
    /** As float32. */
    FULL,
    /** On tensor cores, each factor rounded to 10 bits of mantissa. */
    TF32
  }

  /** Of an algorithm. */
  public enum Choice {
    /** Only those that give the same bits each time. */
    DETERMINISTIC,
    /** The one that promises to be the fastest. */
    FASTEST
  }
}
