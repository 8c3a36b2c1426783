package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.plan.NodeTensor;
import io.github.repvgg4j.spec.InputShape;
import java.util.Arrays;

/**
 * One image's tensor in float64.
 *
 * @param values {@code [channels, height, width]} in C order
 */
@SuppressWarnings("ArrayRecordComponent")
record Plane(int channels, int height, int width, double[] values) {

  static Plane zeros(int channels, int height, int width) {
    return new Plane(channels, height, width, new double[channels * height * width]);
  }

  static Plane of(InputShape shape, float[] images, int from) {
    Plane plane = zeros(shape.channels(), shape.height(), shape.width());
    Arrays.setAll(plane.values, i -> images[from + i]);
    return plane;
  }

  /** Of one image, decoded. */
  static Plane of(NodeTensor tensor) {
    long[] dims = tensor.dims();
    boolean image = dims.length > 2;
    float[] real = tensor.real();
    Plane plane = zeros((int) dims[1], image ? (int) dims[2] : 1, image ? (int) dims[3] : 1);
    Arrays.setAll(plane.values, i -> real[i]);
    return plane;
  }

  double value(int channel, int y, int x) {
    return values[(channel * height + y) * width + x];
  }

  Plane map(Function function) {
    if (function.isIdentity()) {
      return this;
    }
    Plane result = zeros(channels, height, width);
    Arrays.setAll(result.values, i -> apply(function, values[i]));
    return result;
  }

  /** A function of one number. */
  static double apply(Function function, double x) {
    float alpha = function.alpha();
    return switch (function.kind()) {
      case LINEAR -> alpha * x;
      case RELU -> x < 0 ? alpha * x : x;
      case BOUNDED_RELU -> Math.min(alpha, Math.max(0, x));
      case ELU -> x < 0 ? alpha * Math.expm1(x) : x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case SWISH -> x / (1 + Math.exp(-alpha * x));
    };
  }
}
