package io.github.repvgg4j.cuda.device;

/**
 * How convolutions are computed.
 *
 * @param format of inputs, kernels, outputs and their gradients; sums are float32
 * @param product how two float32 numbers are multiplied; of no meaning for bfloat16
 */
public record ConvolutionOptions(NumberFormat format, Product product) {

  /** Of two float32 numbers. */
  public enum Product {
    /** As float32. */
    FULL,
    /** On tensor cores, each factor rounded to 10 bits of mantissa. */
    TF32
  }
}
