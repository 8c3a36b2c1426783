package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.network.ConvolutionAxes;
import io.github.repvgg4j.reparam.Axis;
import io.github.repvgg4j.reparam.Padding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * Where a convolution or pooling reads. Padding is written in numbers wherever they are known;
 * {@code auto_pad} only where DL4J's {@code Same} depends on an image size that is not.
 */
record Window(Axis vertical, Axis horizontal) {

  static Window of(
      int[] kernel, int[] stride, int[] padding, int[] dilation, ConvolutionMode mode) {
    if (mode == ConvolutionMode.Causal) {
      throw new UnwritableException("convolution mode Causal cannot be written as ONNX");
    }
    return new Window(
        ConvolutionAxes.of(kernel[0], stride[0], padding[0], dilation[0], mode),
        ConvolutionAxes.of(kernel[1], stride[1], padding[1], dilation[1], mode));
  }

  private List<Axis> axes() {
    return List.of(vertical, horizontal);
  }

  boolean isDilated() {
    return vertical.dilation() > 1 || horizontal.dilation() > 1;
  }

  /** Whether zeros are added around the image, or may be. */
  boolean isPadded() {
    return vertical.isPadded() || horizontal.isPadded();
  }

  int taps() {
    return vertical.kernel() * horizontal.kernel();
  }

  /** Attributes of an operator that reads an image through this window. */
  Map<String, Object> attributes(Value image) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", new int[] {vertical.kernel(), horizontal.kernel()});
    attributes.put("strides", new int[] {vertical.stride(), horizontal.stride()});
    int[] pads = pads(image);
    if (pads != null) {
      attributes.put("pads", pads);
    } else {
      attributes.put("auto_pad", "SAME_UPPER");
    }
    if (isDilated()) {
      attributes.put("dilations", new int[] {vertical.dilation(), horizontal.dilation()});
    }
    return attributes;
  }

  /**
   * Zeros above, left, below and right.
   *
   * @return null where they depend on an image size that is not known
   */
  int[] pads(Value image) {
    int[] rows = pads(vertical, image.shape().get(2));
    int[] columns = pads(horizontal, image.shape().get(3));
    if (rows != null && columns != null) {
      return new int[] {rows[0], columns[0], rows[1], columns[1]};
    }
    if (isDilated()) {
      throw new UnwritableException(
          "mode Same with stride and dilation pads by the image's size, which is not known; give"
              + " --input C,H,W");
    }
    return null;
  }

  private static int[] pads(Axis axis, Dimension size) {
    if (axis.padding() instanceof Padding.Fixed fixed) {
      return new int[] {fixed.before(), fixed.after()};
    }
    if (!(size instanceof Dimension.Fixed known)) {
      return null;
    }
    int input = Math.toIntExact(known.size());
    int outputs = axis.outputSize(input);
    int total = Math.max(0, (outputs - 1) * axis.stride() + axis.span() - input);
    return new int[] {total / 2, total - total / 2};
  }

  /** Height and width of what is given for an image. */
  List<Dimension> outputSize(Value image, OnnxNames names) {
    return List.of(
        size(vertical, image.shape().get(2), names), size(horizontal, image.shape().get(3), names));
  }

  private static Dimension size(Axis axis, Dimension size, OnnxNames names) {
    boolean unchanged =
        axis.stride() == 1
            && axis.padding() instanceof Padding.Fixed fixed
            && fixed.before() + fixed.after() == axis.span() - 1;
    return unchanged
        ? size
        : size.map(input -> checked(axis, input, axis.outputSize(Math.toIntExact(input))), names);
  }

  private static long checked(Axis axis, long input, int output) {
    if (output < 1) {
      throw new UnwritableException(
          "a window of " + axis.span() + " pixels does not fit into " + input);
    }
    return output;
  }

  /** The padding of an operator that does not pad by the rule of this window's axes itself. */
  boolean padsAtLeastAWindow(int[] pads) {
    List<Axis> axes = axes();
    for (int i = 0; i < pads.length; i++) {
      if (pads[i] >= axes.get(i % 2).kernel()) {
        return true;
      }
    }
    return false;
  }
}
