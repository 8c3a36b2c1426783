package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.primitive.Window.Side;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sizes of one convolution, in oneDNN's terms. */
record ConvolutionShape(ImageShape source, long outputs, Window window) {

  /**
   * @param weights {@code [out, in, kH, kW]}
   * @param dilation Deeplearning4j's: 1 for a dense kernel
   * @param pad top and left; in mode Same Deeplearning4j derives it from the input size
   */
  static ConvolutionShape of(
      INDArray input,
      INDArray weights,
      int[] stride,
      int[] pad,
      int[] dilation,
      ConvolutionMode mode,
      CNN2DFormat format) {
    ImageShape source = ImageShape.of(input, format);
    Side[] sides = new Side[2];
    for (int i = 0; i < 2; i++) {
      long kernel = weights.size(2 + i);
      long after = pad[i];
      if (mode == ConvolutionMode.Same) {
        long size = i == 0 ? source.height() : source.width();
        long windows = (size + stride[i] - 1) / stride[i];
        long reach = dilation[i] * (kernel - 1) + 1;
        after = Math.max(0, (windows - 1) * stride[i] + reach - size - pad[i]);
      }
      sides[i] = new Side(kernel, stride[i], dilation[i] - 1, pad[i], after);
    }
    return new ConvolutionShape(source, weights.size(0), new Window(sides[0], sides[1]));
  }

  /** {@code [N, out, H', W']}. */
  long[] target() {
    return window.target(source.dims(), outputs);
  }

  /** Of the output array. */
  Layout targetLayout() {
    return source.layout(target());
  }

  /** Of the weight array. */
  Layout weightLayout() {
    return Layout.plain(DataType.F32, window.weights(source.channels(), outputs, 1));
  }

  Layout bias() {
    return Layout.plain(DataType.F32, outputs);
  }

  /** Shape of the output array in its format. */
  long[] outputShape() {
    long[] target = target();
    return source.format() == CNN2DFormat.NHWC
        ? new long[] {target[0], target[2], target[3], target[1]}
        : target;
  }
}
