package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.graph.FastLayer.Sum;
import io.github.repvgg4j.runtime.graph.GraphShapes;
import io.github.repvgg4j.spec.InputShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes a network's nodes one at a time, each in two steps: its sums, and the function behind
 * them. One call at a time.
 */
public final class NodeRunner implements AutoCloseable {

  private final FloatNetwork network;
  private final InputShape image;
  private final List<InputShape> shapes;
  private final Map<Integer, NodeEngine> engines = new HashMap<>();
  private final Map<Integer, NodeEngine> functions = new HashMap<>();

  /**
   * @param image shape of one image
   */
  public NodeRunner(FloatNetwork network, InputShape image) {
    this.network = network;
    this.image = image;
    this.shapes = GraphShapes.of(network.graph(), image).shapes();
  }

  public FloatNetwork network() {
    return network;
  }

  /** Of a node's tensor for one image; of the images for {@link FastGraph#IMAGES}. */
  public InputShape shape(int node) {
    return node == FastGraph.IMAGES ? image : shapes.get(node);
  }

  /** Numbers of a node's tensor for one image. */
  public int length(int node) {
    InputShape shape = shape(node);
    return shape.channels() * shape.height() * shape.width();
  }

  /**
   * What a node computes before its function.
   *
   * @param inputs each {@code [batch, C, H, W]}
   */
  public float[] sums(int node, List<float[]> inputs, int batch) {
    FastLayer layer = network.layer(node);
    if (layer instanceof Sum) {
      return sum(inputs);
    }
    int from = network.graph().nodes().get(node).inputs().get(0);
    if (layer instanceof Concatenation) {
      return concatenation(inputs, batch);
    }
    return engines
        .computeIfAbsent(
            node,
            n ->
                new NodeEngine(
                    withoutFunction(layer), network.arrays().get(n), shape(from).channels()))
        .run(inputs.get(0), batch, shape(from), batch * length(node));
  }

  /**
   * A node's function of its sums.
   *
   * @return {@code sums} itself where there is no function
   */
  public float[] apply(int node, float[] sums, int batch) {
    Function function = function(network.layer(node));
    if (function.isIdentity()) {
      return sums;
    }
    if (function.equals(Function.RELU)) {
      float[] values = new float[sums.length];
      for (int i = 0; i < sums.length; i++) {
        values[i] = Math.max(sums[i], 0);
      }
      return values;
    }
    InputShape shape = shape(node);
    return functions
        .computeIfAbsent(
            node,
            n ->
                new NodeEngine(
                    new Pointwise(network.layer(n).where(), function), List.of(), shape.channels()))
        .run(sums, batch, shape, sums.length);
  }

  /** The function behind the sums of layers that can compute in integers, and of sums. */
  static Function function(FastLayer layer) {
    if (layer instanceof Convolution convolution) {
      return convolution.after();
    }
    return layer instanceof Sum sum ? sum.after() : Function.IDENTITY;
  }

  private static FastLayer withoutFunction(FastLayer layer) {
    return layer instanceof Convolution c ? c.with(Function.IDENTITY) : layer;
  }

  private static float[] sum(List<float[]> inputs) {
    float[] sum = inputs.get(0).clone();
    for (float[] input : inputs.subList(1, inputs.size())) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += input[i];
      }
    }
    return sum;
  }

  private static float[] concatenation(List<float[]> inputs, int batch) {
    float[] all = new float[inputs.stream().mapToInt(input -> input.length).sum()];
    int at = 0;
    for (int b = 0; b < batch; b++) {
      for (float[] input : inputs) {
        int each = input.length / batch;
        System.arraycopy(input, b * each, all, at, each);
        at += each;
      }
    }
    return all;
  }

  @Override
  public void close() {
    engines.values().forEach(NodeEngine::close);
    functions.values().forEach(NodeEngine::close);
  }
}
