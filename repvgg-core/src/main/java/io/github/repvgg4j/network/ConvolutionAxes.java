package io.github.repvgg4j.network;

import io.github.repvgg4j.reparam.Axis;
import io.github.repvgg4j.reparam.Padding;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/** Where DL4J's convolutions and poolings read. */
public final class ConvolutionAxes {

  private ConvolutionAxes() {}

  /**
   * One of the two directions.
   *
   * @param padding on each side; of no account in mode {@code Same}
   */
  public static Axis of(int kernel, int stride, int padding, int dilation, ConvolutionMode mode) {
    return mode == ConvolutionMode.Same
        ? new Axis(kernel, stride, dilation, new Padding.SameBySize())
        : Axis.symmetric(kernel, stride, dilation, padding);
  }
}
