package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Window;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution by its definition. For each weight one pass over the pixels that it meets: the
 * inner loop is one that the JVM computes several numbers of at a time.
 */
record PlainConvolution(Convolution layer, Plane in, Plane out, float[] weights) {

  /**
   * @param weights bias, weights
   */
  static Plane of(Convolution layer, Plane in, List<float[]> weights) {
    Window window = layer.window();
    Plane out = Plane.zeros(layer.out(), window.output(in.height()), window.output(in.width()));
    PlainConvolution work = new PlainConvolution(layer, in, out, weights.get(1));
    int pixels = out.height() * out.width();
    for (int o = 0; o < layer.out(); o++) {
      Arrays.fill(out.values(), o * pixels, (o + 1) * pixels, weights.get(0)[o]);
      work.channel(o);
    }
    return out;
  }

  private void channel(int o) {
    int kernel = layer.window().kernel();
    int inputs = layer.in() / layer.groups();
    int first = o / (layer.out() / layer.groups()) * inputs;
    for (int i = 0; i < inputs; i++) {
      for (int k = 0; k < kernel * kernel; k++) {
        double weight = weights[(o * inputs + i) * kernel * kernel + k];
        add(o, first + i, k / kernel, k % kernel, weight);
      }
    }
  }

  /** Adds what one weight makes of an input channel. */
  private void add(int o, int channel, int row, int column, double weight) {
    Window window = layer.window();
    int stride = window.stride();
    int top = row - window.before(in.height());
    int left = column - window.before(in.width());
    int from = Math.max(0, Math.floorDiv(-left + stride - 1, stride));
    int to = Math.min(out.width(), Math.floorDiv(in.width() - 1 - left, stride) + 1);
    for (int y = 0; y < out.height(); y++) {
      int sourceY = y * stride + top;
      if (sourceY >= 0 && sourceY < in.height()) {
        int target = (o * out.height() + y) * out.width();
        int source = (channel * in.height() + sourceY) * in.width() + left;
        for (int x = from; x < to; x++) {
          out.values()[target + x] += weight * in.values()[source + x * stride];
        }
      }
    }
  }
}
