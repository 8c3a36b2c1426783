package io.github.repvgg4j.layer;

import java.util.Arrays;
import java.util.Locale;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where a convolution looks: kernel, stride, padding and dilation, each {@code {height, width}}, in
 * DL4J's mode {@code Truncate}: output size {@code (in + 2 padding - dilation (kernel - 1) - 1) /
 * stride + 1}, rounded down, as PyTorch's {@code Conv2d} has it.
 */
record ConvolutionWindow(int[] kernel, int[] stride, int[] padding, int[] dilation) {

  /** {@code {height, width}} of the output for an input {@code [N, C, H, W]}. */
  long[] outputSize(INDArray input) {
    return new long[] {outputSize(0, input.size(2)), outputSize(1, input.size(3))};
  }

  /** Size along one axis, 0 for height and 1 for width; less than 1 when the kernel is too big. */
  long outputSize(int axis, long size) {
    long extent = (long) dilation[axis] * (kernel[axis] - 1) + 1;
    return Math.floorDiv(size + 2L * padding[axis] - extent, stride[axis]) + 1;
  }

  boolean isDilated() {
    return dilation[0] > 1 || dilation[1] > 1;
  }

  /** Integer arguments of ND4J's {@code conv2d} and {@code conv2d_bp}. */
  long[] opArguments() {
    int explicitPadding = 0;
    int nchw = 0;
    int weightsOutInKernel = 1;
    return new long[] {
      kernel[0],
      kernel[1],
      stride[0],
      stride[1],
      padding[0],
      padding[1],
      dilation[0],
      dilation[1],
      explicitPadding,
      nchw,
      weightsOutInKernel
    };
  }

  /** Mask of the output for a mask of the input, as DL4J's own convolution reduces it. */
  INDArray reduceMask(INDArray mask) {
    return ConvolutionUtils.cnn2dMaskReduction(
        mask, kernel, stride, padding, dilation, ConvolutionMode.Truncate);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "kernel %s, stride %s, padding %s, dilation %s",
        Arrays.toString(kernel),
        Arrays.toString(stride),
        Arrays.toString(padding),
        Arrays.toString(dilation));
  }
}
