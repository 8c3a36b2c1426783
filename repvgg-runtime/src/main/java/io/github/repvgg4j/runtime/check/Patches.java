package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Window;
import io.github.repvgg4j.runtime.plan.NodeTensor;

/**
 * What a convolution's or a dense layer's windows see, by its definition, and the sums of products
 * with it. A few pixels of a large layer cost little then.
 *
 * @param read of one image
 */
record Patches(FastLayer layer, NodeTensor read, Pixels pixels) {

  /** Sums made at once: a CPU waits for none of them. */
  private static final int AT_ONCE = 4;

  private int groups() {
    return layer instanceof Convolution convolution ? convolution.groups() : 1;
  }

  /** Numbers in one window. */
  private int length() {
    if (layer instanceof Convolution convolution) {
      int kernel = convolution.window().kernel();
      return convolution.in() / convolution.groups() * kernel * kernel;
    }
    return read.numbers().length;
  }

  /** The numbers of one window in the order of the weights, {@code outside} where it has none. */
  private float[] window(int group, int pixel, float outside) {
    if (!(layer instanceof Convolution convolution)) {
      return read.numbers();
    }
    Window window = convolution.window();
    int height = (int) read.dims()[2];
    int width = (int) read.dims()[3];
    int columns = window.output(width);
    int top = pixel / columns * window.stride() - window.before(height);
    int left = pixel % columns * window.stride() - window.before(width);
    int kernel = window.kernel();
    int channels = convolution.in() / convolution.groups();
    float[] seen = new float[channels * kernel * kernel];
    for (int i = 0; i < seen.length; i++) {
      int y = top + i / kernel % kernel;
      int x = left + i % kernel;
      boolean inside = y >= 0 && y < height && x >= 0 && x < width;
      int channel = group * channels + i / (kernel * kernel);
      seen[i] = inside ? read.numbers()[(channel * height + y) * width + x] : outside;
    }
    return seen;
  }

  /**
   * Exact sums {@code [out, pixels]} without bias.
   *
   * @param weights {@code [out, length of a window]}
   * @param zeroPoint taken off what the windows see; padding is 0
   */
  int[] sums(byte[] weights, int zeroPoint) {
    int length = length();
    int outputs = weights.length / length;
    int[] sums = new int[outputs * pixels.count()];
    int[][] seen = new int[AT_ONCE][length];
    int perGroup = outputs / groups();
    for (int group = 0; group < groups(); group++) {
      for (int p = 0; p < pixels.count(); p += AT_ONCE) {
        int count = Math.min(AT_ONCE, pixels.count() - p);
        for (int k = 0; k < count; k++) {
          float[] window = window(group, pixels.positions()[p + k], zeroPoint);
          for (int i = 0; i < length; i++) {
            seen[k][i] = (int) window[i] - zeroPoint;
          }
        }
        for (int o = group * perGroup; o < (group + 1) * perGroup; o++) {
          multiply(weights, o * length, seen, sums, o * pixels.count() + p, count);
        }
      }
    }
    return sums;
  }

  private static void multiply(
      byte[] weights, int from, int[][] seen, int[] sums, int at, int count) {
    int[] first = seen[0];
    int[] second = seen[1];
    int[] third = seen[2];
    int[] fourth = seen[3];
    int sum0 = 0;
    int sum1 = 0;
    int sum2 = 0;
    int sum3 = 0;
    for (int i = 0; i < first.length; i++) {
      int weight = weights[from + i];
      sum0 += weight * first[i];
      sum1 += weight * second[i];
      sum2 += weight * third[i];
      sum3 += weight * fourth[i];
    }
    int[] made = {sum0, sum1, sum2, sum3};
    System.arraycopy(made, 0, sums, at, count);
  }

  /** The same of real numbers, {@code [out, pixels]} with bias. */
  double[] sums(float[] weights, float[] bias) {
    int length = length();
    double[] sums = new double[bias.length * pixels.count()];
    int perGroup = bias.length / groups();
    for (int group = 0; group < groups(); group++) {
      for (int p = 0; p < pixels.count(); p++) {
        float[] seen = window(group, pixels.positions()[p], 0);
        for (int o = group * perGroup; o < (group + 1) * perGroup; o++) {
          double sum = bias[o];
          for (int i = 0; i < length; i++) {
            sum += (double) weights[o * length + i] * seen[i];
          }
          sums[o * pixels.count() + p] = sum;
        }
      }
    }
    return sums;
  }
}
