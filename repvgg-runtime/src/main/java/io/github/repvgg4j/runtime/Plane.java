package io.github.repvgg4j.runtime;

import io.github.repvgg4j.spec.InputShape;
import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;

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

  double value(int channel, int y, int x) {
    return values[(channel * height + y) * width + x];
  }

  Plane map(After after) {
    if (after.isNothing()) {
      return this;
    }
    Plane result = zeros(channels, height, width);
    Arrays.setAll(result.values, i -> apply(after, values[i]));
    return result;
  }

  private static double apply(After after, double x) {
    dnnl.algorithm function = after.function();
    if (function == dnnl.algorithm.eltwise_relu) {
      return x < 0 ? after.alpha() * x : x;
    } else if (function == dnnl.algorithm.eltwise_bounded_relu) {
      return Math.min(after.alpha(), Math.max(0, x));
    } else if (function == dnnl.algorithm.eltwise_elu) {
      return x < 0 ? after.alpha() * Math.expm1(x) : x;
    } else if (function == dnnl.algorithm.eltwise_tanh) {
      return Math.tanh(x);
    }
    double sigmoid = 1 / (1 + Math.exp(-x));
    return function == dnnl.algorithm.eltwise_logistic ? sigmoid : x * sigmoid;
  }
}
