package io.github.repvgg4j.runtime.check;

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

  /** Zeros of the same shape. */
  Plane alike() {
    return zeros(channels, height, width);
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

  int index(int channel, int y, int x) {
    return (channel * height + y) * width + x;
  }

  /** The numbers' absolute values. */
  Plane sizes() {
    return new Plane(channels, height, width, Arrays.stream(values).map(Math::abs).toArray());
  }

  static float[] sizes(float[] numbers) {
    float[] sizes = new float[numbers.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.abs(numbers[i]);
    }
    return sizes;
  }

  /** {@code [pixels, channels]} in C order. */
  double[] channelsLast() {
    int pixels = height * width;
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i % pixels * channels + i / pixels] = values[i];
    }
    return result;
  }

  /** One of this shape. */
  Plane ofChannelsLast(double[] numbers) {
    int pixels = height * width;
    Plane result = alike();
    for (int i = 0; i < numbers.length; i++) {
      result.values[i] = numbers[i % pixels * channels + i / pixels];
    }
    return result;
  }

  /** Adds another's numbers to these. */
  void add(Plane other) {
    add(values, 0, other.values, 0, values.length, 1);
  }

  /** Adds numbers times a factor to others. */
  static void add(double[] to, int begin, double[] from, int start, int count, double factor) {
    if (factor != 0) {
      for (int i = 0; i < count; i++) {
        to[begin + i] += factor * from[start + i];
      }
    }
  }
}
