package io.github.repvgg4j.bench.quantization;

import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.deploy.quantize.scheme.Integers;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Coarse and fine weight splitting (arXiv 2312.10588), tried without a kernel for it: the weights
 * are a sum of two integers with scales of their own, one for the many small weights of a channel
 * and one for what lies beyond them. And its bound: weights that are not rounded at all, behind and
 * before the same codes.
 */
enum SplitWeights {
  COARSE_AND_FINE("weights split coarse and fine") {
    @Override
    float[] weights(Weighted layer) {
      float[] split = layer.weights().clone();
      for (int o = 0; o < layer.out(); o++) {
        int from = o * layer.each();
        split(split, from, from + layer.each());
      }
      return split;
    }
  },
  EXACT("weights not rounded at all (what no splitting can beat)") {
    @Override
    float[] weights(Weighted layer) {
      return layer.weights();
    }
  };

  private static final int LIMIT = 127;

  /** Of a channel's weights that the fine scale is made for. */
  private static final double FINE_SHARE = 0.98;

  private final String text;

  SplitWeights(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  abstract float[] weights(Weighted layer);

  /**
   * The same codes of tensors, with other weights in all convolutions. Biases are the network's:
   * what was corrected in the integers was the error of their weights.
   */
  Integers of(Integers integers) {
    FloatNetwork network = integers.network();
    SortedMap<Integer, QuantizedLayer> left = new TreeMap<>(integers.layers());
    for (int node : integers.layers().keySet()) {
      if (integers.network().layer(node) instanceof Convolution) {
        Weighted layer = integers.network().weighted(node);
        network = network.with(node, new Weighted(weights(layer), layer.bias()));
        left.remove(node);
      }
    }
    return new Integers(network, left, integers.codes(), new TreeMap<>());
  }

  private static void split(float[] weights, int from, int to) {
    float[] sorted = Arrays.copyOfRange(weights, from, to);
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = Math.abs(sorted[i]);
    }
    Arrays.sort(sorted);
    double fine = sorted[(int) (FINE_SHARE * (sorted.length - 1))] / (double) LIMIT;
    double coarse = Math.max(0, sorted[sorted.length - 1] - fine * LIMIT) / LIMIT;
    for (int i = from; i < to && fine > 0; i++) {
      double low = Math.max(-LIMIT, Math.min(LIMIT, Math.rint(weights[i] / fine))) * fine;
      double high = coarse == 0 ? 0 : Math.rint((weights[i] - low) / coarse) * coarse;
      weights[i] = (float) (low + high);
    }
  }
}
