package io.github.repvgg4j.accelerate.helper;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Sizes of one convolution, in oneDNN's terms.
 *
 * @param source {@code [N, in, H, W]}
 * @param weights {@code [out, in, kH, kW]}
 * @param target {@code [N, out, H', W']}
 * @param strides of H and W
 * @param dilation of H and W, 0 for a dense kernel
 * @param padBefore top and left
 * @param padAfter bottom and right
 * @param format layout of images in memory
 */
record ConvolutionShape(
    long[] source,
    long[] weights,
    long[] target,
    long[] strides,
    long[] dilation,
    long[] padBefore,
    long[] padAfter,
    CNN2DFormat format) {

  /**
   * @param kernelDilation DL4J's: 1 for a dense kernel
   * @param pad top and left; in mode Same DL4J derives it from the input size
   */
  static ConvolutionShape of(
      INDArray input,
      INDArray weights,
      int[] stride,
      int[] pad,
      int[] kernelDilation,
      ConvolutionMode mode,
      CNN2DFormat format) {
    long[] source = Descriptors.nchw(input.shape(), format);
    long[] target = {source[0], weights.size(0), 0, 0};
    long[] strides = new long[2];
    long[] dilation = new long[2];
    long[] before = new long[2];
    long[] after = new long[2];
    for (int i = 0; i < 2; i++) {
      long reach = kernelDilation[i] * (weights.size(2 + i) - 1) + 1;
      long size = source[2 + i];
      strides[i] = stride[i];
      dilation[i] = kernelDilation[i] - 1;
      before[i] = pad[i];
      if (mode == ConvolutionMode.Same) {
        target[2 + i] = (size + stride[i] - 1) / stride[i];
        after[i] = Math.max(0, (target[2 + i] - 1) * stride[i] + reach - size - pad[i]);
      } else {
        target[2 + i] = (size + 2L * pad[i] - reach) / stride[i] + 1;
        after[i] = pad[i];
      }
    }
    return new ConvolutionShape(
        source, weights.shape(), target, strides, dilation, before, after, format);
  }

  long outputs() {
    return weights[0];
  }

  /** Shape of the output array in this format. */
  long[] outputShape() {
    return format == CNN2DFormat.NHWC
        ? new long[] {target[0], target[2], target[3], target[1]}
        : target.clone();
  }

  /** What distinguishes two calls of one layer. */
  List<Object> key() {
    return List.of(Arrays.toString(source), Arrays.toString(target));
  }
}
