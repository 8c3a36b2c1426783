package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.deploy.quantize.trace.FloatNetwork.Weighted;
import io.github.repvgg4j.spec.InputShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Single nodes of a network some of whose layers are integers. The integers are carried as float32,
 * in which sums up to 2^24 are exact.
 */
public final class IntegerNodes implements AutoCloseable {

  private final SortedMap<Integer, QuantizedLayer> layers;
  private final NodeRunner runner;

  /**
   * @param network gives the nodes that are not among {@code layers}
   * @param image shape of one image
   */
  public IntegerNodes(
      FloatNetwork network, SortedMap<Integer, QuantizedLayer> layers, InputShape image) {
    FloatNetwork numbers = network;
    for (var layer : layers.entrySet()) {
      numbers = numbers.with(layer.getKey(), integers(layer.getValue()));
    }
    this.layers = new TreeMap<>(layers);
    this.runner = new NodeRunner(numbers, image);
  }

  private static Weighted integers(QuantizedLayer layer) {
    float[] weights = new float[layer.weights().length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = layer.weights()[i];
    }
    float[] bias = new float[layer.bias().length];
    for (int i = 0; i < bias.length; i++) {
      bias[i] = layer.bias()[i];
    }
    return new Weighted(weights, bias);
  }

  /** Shapes, and the functions behind the sums. */
  public NodeRunner runner() {
    return runner;
  }

  /**
   * The real numbers that a node's sums stand for.
   *
   * @param inputs of an integer layer: codes
   */
  public float[] sums(int node, List<Coded> inputs, int batch) {
    QuantizedLayer layer = layers.get(node);
    if (layer == null) {
      List<float[]> real = new ArrayList<>();
      inputs.forEach(input -> real.add(input.real()));
      return runner.sums(node, real, batch);
    }
    Codes codes = inputs.get(0).codes();
    float[] sums = runner.sums(node, List.of(inputs.get(0).numbers()), batch);
    int pixels = runner.shape(node).height() * runner.shape(node).width();
    for (int i = 0; i < sums.length; i++) {
      int channel = i / pixels % layer.out();
      sums[i] *= codes.scale() * layer.weightScales()[channel];
    }
    return sums;
  }

  /** What a node hands on. */
  public Coded tensor(int node, float[] sums, int batch, Codes codes) {
    float[] values = runner.apply(node, sums, batch);
    return codes == null ? Coded.real(values) : Coded.of(values, codes);
  }

  @Override
  public void close() {
    runner.close();
  }
}
