package io.github.repvgg4j.deploy.quantize.scale;

import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.spec.InputShape;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * What the weights of a layer are multiplied with, its taps, at some places of its output. Taps are
 * numbered as the weights of one output channel are, group after group.
 *
 * @param channels of a group
 * @param kernelHeight of a dense layer: of what it reads
 */
public record TapSample(
    InputShape in,
    InputShape out,
    int channels,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding) {

  private static final int LEAST_PLACES = 4096;
  private static final int PLACES_A_TAP = 8;
  private static final long SEED = 1;

  /**
   * Of a convolution or dense layer.
   *
   * @param in shape of what it reads
   * @param out shape of what it gives
   */
  public static TapSample of(FloatNetwork network, int node, InputShape in, InputShape out) {
    if (network.layer(node) instanceof Dense dense) {
      return new TapSample(in, out, in.channels(), dense.height(), dense.width(), 1, 0);
    }
    Convolution layer = (Convolution) network.layer(node);
    int kernel = layer.window().kernel();
    int channels = in.channels() / layer.groups();
    return new TapSample(
        in, out, channels, kernel, kernel, layer.window().stride(), layer.window().padding());
  }

  /** Groups of channels. */
  public int groups() {
    return in.channels() / channels;
  }

  /**
   * Some taps less their means, at as many places as tell how taps vary with each other. The places
   * are drawn at random in all images, or in some evenly among them where there are more than that;
   * they are the same for all taps.
   *
   * @param batches what the layer reads, {@code [images, C, H, W]} each
   * @param images in all batches
   * @param together taps that are looked at together
   * @param from first tap
   * @param to behind the last
   * @return {@code [to - from, places]}
   */
  public float[] centred(Iterable<float[]> batches, int images, int together, int from, int to) {
    int wanted = Math.max(LEAST_PLACES, PLACES_A_TAP * together);
    int used = Math.min(images, wanted);
    int each = Math.min(out.height() * out.width(), (wanted + used - 1) / used);
    int columns = used * each;
    float[] sample = new float[Math.multiplyExact(to - from, columns)];
    SplittableRandom random = new SplittableRandom(SEED);
    int[] order = IntStream.range(0, out.height() * out.width()).toArray();
    int column = 0;
    long seen = 0;
    for (float[] batch : batches) {
      for (int image = 0; image < batch.length / length(); image++) {
        boolean isUsed = seen * used / images < (seen + 1) * used / images;
        for (int k = 0; isUsed && k < each; k++) {
          draw(order, k, random);
          for (int t = from; t < to; t++) {
            sample[(t - from) * columns + column] = tap(batch, image, order[k], t);
          }
          column++;
        }
        seen++;
      }
    }
    for (int t = 0; t < to - from; t++) {
      centre(sample, t * columns, (t + 1) * columns);
    }
    return sample;
  }

  private int length() {
    return in.channels() * in.height() * in.width();
  }

  /** Puts one of those that come later in place {@code k}. */
  private static void draw(int[] order, int k, SplittableRandom random) {
    int other = k + random.nextInt(order.length - k);
    int drawn = order[other];
    order[other] = order[k];
    order[k] = drawn;
  }

  private float tap(float[] batch, int image, int place, int tap) {
    int pixel = tap % (kernelHeight * kernelWidth);
    int y = place / out.width() * stride - padding + pixel / kernelWidth;
    int x = place % out.width() * stride - padding + pixel % kernelWidth;
    if (y < 0 || x < 0 || y >= in.height() || x >= in.width()) {
      return 0;
    }
    int channel = tap / (kernelHeight * kernelWidth);
    return batch[((image * in.channels() + channel) * in.height() + y) * in.width() + x];
  }

  private static void centre(float[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    float mean = (float) (sum / (to - from));
    for (int i = from; i < to; i++) {
      values[i] -= mean;
    }
  }
}
