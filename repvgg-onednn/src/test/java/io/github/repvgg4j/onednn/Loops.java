package io.github.repvgg4j.onednn;

import io.github.repvgg4j.onednn.OnePrimitive.Array;
import io.github.repvgg4j.onednn.primitive.Window;
import java.util.function.DoubleUnaryOperator;

/** A grouped convolution and its gradients by definition, in float64. */
final class Loops {

  final double[] target;
  final double[] sourceGradient;
  final double[] weightGradient;
  final double[] biasGradient;
  private final Window window;
  private final int groups;
  private final Array source;
  private final Array weights;
  private final Array bias;
  private final long[] targetDims;

  Loops(Window window, int groups, Array source, Array weights, Array bias, long[] targetDims) {
    this.window = window;
    this.groups = groups;
    this.source = source;
    this.weights = weights;
    this.bias = bias;
    this.targetDims = targetDims;
    this.target = new double[Array.zeros(targetDims).numbers().length];
    this.sourceGradient = new double[source.numbers().length];
    this.weightGradient = new double[weights.numbers().length];
    this.biasGradient = new double[bias.numbers().length];
  }

  /** One product of the sum: places of target, source and weight. */
  private interface Product {
    void at(int target, int source, int weight);
  }

  void forward() {
    for (int i = 0; i < target.length; i++) {
      target[i] = bias.numbers()[channel(i)];
    }
    products((t, s, w) -> target[t] += (double) source.numbers()[s] * weights.numbers()[w]);
  }

  void backward(Array error) {
    float[] delta = error.numbers();
    for (int i = 0; i < delta.length; i++) {
      biasGradient[channel(i)] += delta[i];
    }
    products(
        (t, s, w) -> {
          sourceGradient[s] += (double) delta[t] * weights.numbers()[w];
          weightGradient[w] += (double) delta[t] * source.numbers()[s];
        });
  }

  private int channel(int place) {
    int pixels = (int) (targetDims[2] * targetDims[3]);
    return place / pixels % (int) targetDims[1];
  }

  private void products(Product product) {
    int out = (int) targetDims[1];
    int in = (int) source.dims()[1] / groups;
    Window.Side h = window.height();
    Window.Side w = window.width();
    int kernel = (int) (h.kernel() * w.kernel());
    for (int t = 0; t < target.length; t++) {
      int column = t % (int) targetDims[3];
      int row = t / (int) targetDims[3] % (int) targetDims[2];
      int channel = channel(t);
      int image = t / (int) (targetDims[1] * targetDims[2] * targetDims[3]);
      int group = channel / (out / groups);
      for (int k = 0; k < in * kernel; k++) {
        long y = row * h.stride() + k % kernel / w.kernel() * (h.gap() + 1) - h.before();
        long x = column * w.stride() + k % w.kernel() * (w.gap() + 1) - w.before();
        if (y >= 0 && y < source.dims()[2] && x >= 0 && x < source.dims()[3]) {
          long from = image * source.dims()[1] + group * in + k / kernel;
          int s = (int) ((from * source.dims()[2] + y) * source.dims()[3] + x);
          product.at(t, s, channel * in * kernel + k);
        }
      }
    }
  }

  static double[] map(double[] numbers, DoubleUnaryOperator function) {
    return java.util.Arrays.stream(numbers).map(function).toArray();
  }

  static double[] doubles(float[] numbers) {
    double[] wide = new double[numbers.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = numbers[i];
    }
    return wide;
  }
}
