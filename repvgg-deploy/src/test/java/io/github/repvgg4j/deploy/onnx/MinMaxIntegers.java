package io.github.repvgg4j.deploy.onnx;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.Codes.Type;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork.Calibration;
import io.github.repvgg4j.archive.quantized.QuantizedZip;
import io.github.repvgg4j.deploy.convert.QuantizedFile;
import io.github.repvgg4j.deploy.convert.QuantizedFile.FloatWeights;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The plainest quantiser there is, for tests of what comes after one: a scale a channel and one a
 * tensor, from the largest numbers that Deeplearning4j has for some images.
 */
public final class MinMaxIntegers {

  /** What integer convolutions give that no integer layer reads. */
  public enum Results {
    /** Float32, as {@code quantize} has it. */
    FLOAT,
    /** Codes, as ONNX's integer convolution gives. */
    CODES
  }

  private final FloatNetwork network;
  private final FastGraph graph;
  private final Map<String, INDArray> tensors;
  private final INDArray images;
  private final SortedMap<Integer, QuantizedLayer> layers = new TreeMap<>();
  private final SortedMap<Integer, Codes> codes = new TreeMap<>();
  private final SortedMap<Integer, Codes> observed = new TreeMap<>();

  private MinMaxIntegers(Path fastZip, Model fused, INDArray images) throws IOException {
    this.network = FloatNetwork.read(fastZip);
    this.graph = network.graph();
    this.tensors = Activations.of(fused, images);
    this.images = images;
  }

  /**
   * Writes the INT8 zip of a fast zip.
   *
   * @param fused what the zip holds
   * @param keptFloat nodes that compute in float32
   */
  public static void write(
      Path fastZip,
      Path target,
      Model fused,
      INDArray images,
      Set<Integer> keptFloat,
      FloatWeights floats)
      throws IOException {
    write(fastZip, target, fused, images, keptFloat, floats, Results.FLOAT);
  }

  static void write(
      Path fastZip,
      Path target,
      Model fused,
      INDArray images,
      Set<Integer> keptFloat,
      FloatWeights floats,
      Results results)
      throws IOException {
    MinMaxIntegers integers = new MinMaxIntegers(fastZip, fused, images);
    String hash;
    try (SafeZip zip = ModelArchive.open(fastZip)) {
      hash = QuantizedZip.floatWeights(zip);
    }
    QuantizedNetwork network = integers.quantise(hash, keptFloat, results);
    QuantizedFile.write(
        fastZip, target, network, integers.observed, JsonNodeFactory.instance.objectNode(), floats);
  }

  private QuantizedNetwork quantise(String floatWeights, Set<Integer> keptFloat, Results results) {
    for (int n = 0; n < graph.nodes().size(); n++) {
      if (network.isWeighted(n) && !keptFloat.contains(n)) {
        int input = graph.nodes().get(n).inputs().get(0);
        codes.computeIfAbsent(input, this::codesOf);
        layers.put(n, layer(network.weighted(n), codes.get(input)));
      }
    }
    layers.keySet().stream()
        .filter(n -> !codes.containsKey(n) && graph.nodes().get(n).layer() instanceof Convolution)
        .forEach(n -> (results == Results.CODES ? codes : observed).put(n, codesOf(n)));
    return new QuantizedNetwork(
        layers,
        codes,
        QuantizedNetwork.FULL_RANGE,
        floatWeights,
        new Calibration((int) images.size(0), "0".repeat(64), "minmax"));
  }

  private Codes codesOf(int node) {
    INDArray tensor =
        node == FastGraph.IMAGES ? images : tensors.get(graph.nodes().get(node).layer().name());
    float most = Math.max(tensor.maxNumber().floatValue(), 1e-3f);
    float least = tensor.minNumber().floatValue();
    boolean rectified =
        node != FastGraph.IMAGES
            && graph.nodes().get(node).layer() instanceof SqueezeExcitation gate
            && !gate.after().isIdentity();
    return least >= 0 || rectified
        ? new Codes(Type.U8, most / 255, 0)
        : new Codes(Type.U8, Math.max(most, -least) / 127, 128);
  }

  private static QuantizedLayer layer(Weighted layer, Codes input) {
    float[] weights = layer.weights();
    int out = layer.out();
    int each = layer.each();
    byte[] integers = new byte[weights.length];
    float[] scales = new float[out];
    int[] sums = new int[out];
    for (int o = 0; o < out; o++) {
      float most = 1e-6f;
      for (int i = 0; i < each; i++) {
        most = Math.max(most, Math.abs(weights[o * each + i]));
      }
      scales[o] = most / 127;
      for (int i = 0; i < each; i++) {
        integers[o * each + i] = (byte) Math.rint(weights[o * each + i] / scales[o]);
      }
      sums[o] = (int) Math.rint(layer.bias()[o] / (scales[o] * (double) input.scale()));
    }
    return new QuantizedLayer(integers, scales, sums);
  }
}
