package io.github.repvgg4j.runtime;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.plan.Observation;
import io.github.repvgg4j.runtime.source.NetworkParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Min-max quantisation, as plain as can be: what the runtime makes of it is what is tested. */
record SimpleQuantizer(
    int weightLimit, Set<Integer> keptFloat, Signs signs, Everywhere everywhere) {

  /** How tensors with negative numbers are written. */
  enum Signs {
    /** In S8. */
    SIGNED,
    /** In U8 with a zero point. */
    SHIFTED
  }

  /** Which tensors have codes. */
  enum Everywhere {
    /** Those that integer layers read. */
    WHERE_READ,
    /** All but the output. */
    ALL
  }

  static final SimpleQuantizer PLAIN =
      new SimpleQuantizer(127, Set.of(), Signs.SIGNED, Everywhere.WHERE_READ);

  SimpleQuantizer portable() {
    return new SimpleQuantizer(63, keptFloat, signs, everywhere);
  }

  SimpleQuantizer keepFloat(Integer... nodes) {
    return new SimpleQuantizer(weightLimit, Set.of(nodes), signs, everywhere);
  }

  SimpleQuantizer with(Signs newSigns, Everywhere newEverywhere) {
    return new SimpleQuantizer(weightLimit, keptFloat, newSigns, newEverywhere);
  }

  /**
   * @param images {@code [batch, C, H, W]} that ranges are taken from
   */
  QuantizedNetwork quantize(NetworkParts parts, float[] images, int batch) {
    try (FastNetwork network =
        FastNetwork.of(parts, RuntimeOptions.of(Precision.FP32).selfCheck(SelfCheck.SKIP))) {
      FastGraph graph = ConfigurationReader.read(parts.configuration());
      return quantize(graph, parts.parameters(), network.observe(images, batch, parts.input()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private QuantizedNetwork quantize(FastGraph graph, FloatBuffer parameters, Observation seen) {
    Set<Integer> integer = new TreeSet<>();
    Set<Integer> coded = new TreeSet<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      boolean products =
          node.layer() instanceof FastLayer.Convolution || node.layer() instanceof FastLayer.Dense;
      if (products && !keptFloat.contains(i)) {
        integer.add(i);
        coded.add(node.inputs().get(0));
      }
      if (node.layer() instanceof FastLayer.SqueezeExcitation || everywhere == Everywhere.ALL) {
        coded.addAll(node.inputs());
      }
    }
    SortedMap<Integer, Codes> tensors = new TreeMap<>();
    coded.forEach(node -> tensors.put(node, codes(node, seen.tensor(node).real())));
    SortedMap<Integer, QuantizedLayer> layers = new TreeMap<>();
    FloatBuffer left = parameters.duplicate();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      List<float[]> arrays = new ArrayList<>();
      for (long[] dims : node.layer().arrays()) {
        float[] array = new float[(int) FastLayer.product(dims)];
        left.get(array);
        arrays.add(array);
      }
      if (integer.contains(i)) {
        boolean dense = node.layer() instanceof FastLayer.Dense;
        float[] weights = arrays.get(dense ? 0 : 1);
        float[] bias = arrays.get(dense ? 1 : 0);
        layers.put(i, layer(weights, bias, tensors.get(node.inputs().get(0)).scale()));
      }
    }
    return new QuantizedNetwork(
        layers,
        tensors,
        weightLimit,
        "0".repeat(64),
        new QuantizedNetwork.Calibration(1, "0".repeat(64), "minmax"));
  }

  private Codes codes(int node, float[] real) {
    float least = 0;
    float most = 1e-3f;
    for (float number : real) {
      least = Math.min(least, number);
      most = Math.max(most, number);
    }
    if (node == FastGraph.IMAGES) {
      return new Codes(Codes.Type.U8, Math.max(most, -least) / 127, 128);
    }
    if (least == 0) {
      return new Codes(Codes.Type.U8, most / 255, 0);
    }
    if (signs == Signs.SIGNED) {
      return new Codes(Codes.Type.S8, Math.max(most, -least) / 127, 0);
    }
    float scale = (most - least) / 255;
    return new Codes(Codes.Type.U8, scale, Math.round(-least / scale));
  }

  private QuantizedLayer layer(float[] weights, float[] bias, float inputScale) {
    int length = weights.length / bias.length;
    byte[] codes = new byte[weights.length];
    float[] scales = new float[bias.length];
    int[] sums = new int[bias.length];
    for (int o = 0; o < bias.length; o++) {
      float largest = 1e-6f;
      for (int i = o * length; i < (o + 1) * length; i++) {
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      scales[o] = largest / weightLimit;
      for (int i = o * length; i < (o + 1) * length; i++) {
        codes[i] = (byte) Math.rint(weights[i] / scales[o]);
      }
      sums[o] = (int) Math.rint(bias[o] / ((double) scales[o] * inputScale));
    }
    return new QuantizedLayer(codes, scales, sums);
  }
}
