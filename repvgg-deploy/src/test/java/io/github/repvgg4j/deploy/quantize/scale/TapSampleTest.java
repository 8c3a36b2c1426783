package io.github.repvgg4j.deploy.quantize.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.deploy.quantize.TestChains;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.deploy.quantize.trace.FloatTrace;
import io.github.repvgg4j.deploy.quantize.trace.Gram;
import io.github.repvgg4j.deploy.quantize.trace.NodeRunner;
import io.github.repvgg4j.deploy.quantize.trace.Trace;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TapSampleTest {

  private static final FloatNetwork NETWORK = TestChains.deep(1);
  private static final CalibrationSet IMAGES = TestChains.images(6, 2);
  private static final InputShape SQUARE = new InputShape(1, 8, 8);

  /** What a node reads and the sums that it gives, of all images. */
  private record Node(InputShape in, InputShape out, float[] read, float[] sums) {

    static Node of(int node) {
      Map<Integer, float[]> tensors = new HashMap<>();
      Map<Integer, float[]> sums = new HashMap<>();
      try (FloatTrace trace = new FloatTrace(NETWORK, TestChains.IMAGE);
          NodeRunner runner = new NodeRunner(NETWORK, TestChains.IMAGE)) {
        trace.run(
            TestChains.all(IMAGES),
            IMAGES.size(),
            new Trace.Observer() {
              @Override
              public void tensor(int n, float[] values, int batch) {
                tensors.put(n, values);
              }

              @Override
              public void sums(int n, float[] values, int batch) {
                sums.put(n, values.clone());
              }
            });
        int input = NETWORK.graph().nodes().get(node).inputs().get(0);
        return new Node(
            runner.shape(input), runner.shape(node), tensors.get(input), sums.get(node));
      }
    }

    /** Batches of two images. */
    List<float[]> batches() {
      int two = read.length / IMAGES.size() * 2;
      List<float[]> batches = new ArrayList<>();
      for (int from = 0; from < read.length; from += two) {
        batches.add(Arrays.copyOfRange(read, from, from + two));
      }
      return batches;
    }

    TapSample taps(int node) {
      return TapSample.of(NETWORK, node, in, out);
    }
  }

  /**
   * Weights times taps are the sums that the runtime computes, less their mean, in another order.
   */
  @Test
  void tapsAreWhatTheWeightsAreMultipliedWith() {
    for (int node : new int[] {0, 1, 3, 4, 13}) { // images, stride, plain, groups, dense
      Node seen = Node.of(node);
      TapSample taps = seen.taps(node);
      Weighted layer = NETWORK.weighted(node);
      int pixels = seen.out.height() * seen.out.width();
      for (int o = 0; o < layer.out(); o += layer.out() - 1) {
        int from = o / (layer.out() / taps.groups()) * layer.each();
        float[] sample =
            taps.centred(seen.batches(), IMAGES.size(), layer.each(), from, from + layer.each());
        double[] products = products(layer, o, sample);
        double[] sums = sums(seen.sums, o, layer.out(), pixels);
        for (int image = 0; image < IMAGES.size(); image++) {
          Arrays.sort(products, image * pixels, (image + 1) * pixels);
          Arrays.sort(sums, image * pixels, (image + 1) * pixels);
        }
        assertThat(products).as("node %d, channel %d", node, o).containsExactly(sums, within(1e-4));
      }
    }
  }

  private static double[] products(Weighted layer, int o, float[] sample) {
    int columns = sample.length / layer.each();
    double[] products = new double[columns];
    for (int t = 0; t < layer.each(); t++) {
      for (int c = 0; c < columns; c++) {
        products[c] += layer.weights()[o * layer.each() + t] * (double) sample[t * columns + c];
      }
    }
    return products;
  }

  private static double[] sums(float[] all, int o, int out, int pixels) {
    double[] sums = new double[IMAGES.size() * pixels];
    double mean = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = all[(i / pixels * out + o) * pixels + i % pixels];
      mean += sums[i] / sums.length;
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] -= mean;
    }
    return sums;
  }

  /** Images of 64 places, each image filled with a number of its own. */
  private static float[] ofNumbered(int images, int together) {
    TapSample one = new TapSample(SQUARE, SQUARE, 1, 1, 1, 1, 0);
    float[] batch = new float[images * 64];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = i / 64;
    }
    return one.centred(List.of(batch), images, together, 0, 1);
  }

  @Test
  void manyImagesNeedFewPlacesOfEachAndNotAllOfThemAreNeeded() {
    assertThat(ofNumbered(10, 9)).hasSize(640);
    assertThat(ofNumbered(100, 9)).hasSize(4100);
    assertThat(ofNumbered(100, 1000)).hasSize(6400);
    float[] some = ofNumbered(12_288, 9);
    assertThat(some).hasSize(4096);
    for (int i = 1; i < some.length; i++) {
      assertThat(some[i] - some[i - 1]).isEqualTo(3);
    }
  }

  @Test
  void theSamePlacesForAllTaps() {
    Node seen = Node.of(1);
    TapSample taps = seen.taps(1);
    float[] all = taps.centred(seen.batches(), IMAGES.size(), 144, 0, 144);
    float[] some = taps.centred(seen.batches(), IMAGES.size(), 144, 30, 60);
    int columns = all.length / 144;
    assertThat(some).isEqualTo(Arrays.copyOfRange(all, 30 * columns, 60 * columns));
    assertThat(all).isNotEqualTo(new float[all.length]);
  }

  @Test
  void gramIsTheProductOfRowsWithRows() {
    int columns = 9000; // several parts
    float[] values = TestChains.gaussian(5 * columns, 4);
    double[][] gram = Gram.of(values, columns, 1, 4);
    for (int r = 1; r < 4; r++) {
      for (int s = 1; s < 4; s++) {
        double sum = 0;
        for (int c = 0; c < columns; c++) {
          sum += values[r * columns + c] * (double) values[s * columns + c];
        }
        assertThat(gram[r - 1][s - 1]).isCloseTo(sum, within(1e-2));
      }
    }
  }
}
