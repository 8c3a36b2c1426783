package io.github.repvgg4j.runtime.graph;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.FloatRest;
import io.github.repvgg4j.archive.quantized.LayerShape;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Holds an INT8 network against the structure that it claims to belong to. */
public final class QuantizedFit {

  private final FastGraph graph;
  private final QuantizedNetwork network;

  private QuantizedFit(FastGraph graph, QuantizedNetwork network) {
    this.graph = graph;
    this.network = network;
  }

  /**
   * Checks everything that the file's own description cannot.
   *
   * @throws IllegalArgumentException one line: a node that is not there or computes no products,
   *     weights of other axes, an input without codes, a head that gives codes, sums that 32 bits
   *     may not hold, scales whose product is no number
   */
  public static void check(FastGraph graph, QuantizedModel model) {
    check(graph, model.network());
    model.shapes().forEach((node, shape) -> checkAxes(graph.nodes().get(node).layer(), shape));
    if (model.rest().isPresent() && !model.rest().get().equals(rest(graph, model.network()))) {
      throw new IllegalArgumentException(
          "floats: are not the parameters of the layers that compute in float32");
    }
  }

  /** The same of a network that comes from no file; exceptions as for the other. */
  public static void check(FastGraph graph, QuantizedNetwork network) {
    new QuantizedFit(graph, network).check();
  }

  /** Names and axes of the layers that compute in integers, as a file states them. */
  public static SortedMap<Integer, LayerShape> shapes(FastGraph graph, QuantizedNetwork network) {
    SortedMap<Integer, LayerShape> shapes = new TreeMap<>();
    for (int node : network.layers().keySet()) {
      FastLayer layer = graph.nodes().get(node).layer();
      shapes.put(node, new LayerShape(layer.name(), axes(layer)));
    }
    return shapes;
  }

  /** What of the float32 parameters such a network needs still. */
  public static FloatRest rest(FastGraph graph, QuantizedNetwork network) {
    List<FloatRest.Span> spans = new ArrayList<>();
    long at = 0;
    for (int node = 0; node < graph.nodes().size(); node++) {
      long count = graph.nodes().get(node).layer().parameterCount();
      if (count > 0 && !network.layers().containsKey(node)) {
        spans.add(new FloatRest.Span(at, count));
      }
      at += count;
    }
    return new FloatRest(at, spans);
  }

  private void check() {
    for (int node : network.tensors().keySet()) {
      if (node != FastGraph.IMAGES) {
        layer("tensors", node);
      }
      if (node == graph.head().node()) {
        throw new IllegalArgumentException(
            "tensors: node " + node + " is the network's output, which is float32");
      }
    }
    for (Map.Entry<Integer, QuantizedLayer> entry : network.layers().entrySet()) {
      FastLayer layer = layer("layers", entry.getKey());
      try {
        check(entry.getKey(), layer, entry.getValue());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(layer.where() + ": " + e.getMessage(), e);
      }
    }
  }

  private FastLayer layer(String key, int node) {
    List<Node> nodes = graph.nodes();
    if (node < 0 || node >= nodes.size()) {
      throw new IllegalArgumentException(
          key + ": node " + node + " is not among the network's " + nodes.size());
    }
    return nodes.get(node).layer();
  }

  private void check(int node, FastLayer layer, QuantizedLayer integers) {
    if (!(layer instanceof Convolution) && !(layer instanceof Dense)) {
      throw new IllegalArgumentException("is no convolution or dense layer, and has integers");
    }
    List<Integer> axes = axes(layer);
    int weights = axes.stream().reduce(1, Math::multiplyExact);
    if (integers.out() != axes.get(0) || integers.weights().length != weights) {
      throw new IllegalArgumentException(
          "has "
              + integers.weights().length
              + " weights for "
              + integers.out()
              + " outputs, the network's are "
              + axes);
    }
    int from = graph.nodes().get(node).inputs().get(0);
    Codes input = network.tensors().get(from);
    if (input == null) {
      throw new IllegalArgumentException(
          "reads codes, and its input (node " + from + ") has no scale");
    }
    checkSums(integers, input);
    checkScales(integers, input, network.tensors().get(node));
  }

  /** No sum may leave 32 bits: oneDNN's would wrap without a word. */
  private static void checkSums(QuantizedLayer integers, Codes input) {
    int weights = integers.weights().length / integers.out();
    long most =
        Math.max(
            input.type().largest() - input.zeroPoint(),
            input.zeroPoint() - input.type().smallest());
    for (int o = 0; o < integers.out(); o++) {
      long magnitudes = 0;
      for (int i = 0; i < weights; i++) {
        magnitudes += Math.abs(integers.weights()[o * weights + i]);
      }
      long sum = magnitudes * most + Math.abs((long) integers.bias()[o]);
      if (sum > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "output " + o + ": sums may reach " + sum + ", more than 32 bits hold");
      }
    }
  }

  private static void checkScales(QuantizedLayer integers, Codes input, Codes output) {
    for (float scale : integers.weightScales()) {
      float product = input.scale() * scale;
      float factor = output == null ? product : product / output.scale();
      if (!isNormal(product) || !isNormal(factor)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "scales: %g of the input and %g of a weight%s multiply to no normal float32",
                input.scale(),
                scale,
                output == null
                    ? ""
                    : String.format(Locale.ROOT, " over %g of the output", output.scale())));
      }
    }
  }

  private static boolean isNormal(float factor) {
    return Float.isFinite(factor) && factor >= Float.MIN_NORMAL;
  }

  private static void checkAxes(FastLayer layer, LayerShape shape) {
    if (!shape.axes().equals(axes(layer))) {
      throw new IllegalArgumentException(
          layer.where() + ": weights: are " + shape.axes() + ", the network's " + axes(layer));
    }
  }

  /** {@code [out, in / groups, kH, kW]} of a convolution, {@code [out, in]} of a dense layer. */
  private static List<Integer> axes(FastLayer layer) {
    if (layer instanceof Convolution convolution) {
      int kernel = convolution.window().kernel();
      return List.of(convolution.out(), convolution.in() / convolution.groups(), kernel, kernel);
    }
    Dense dense = (Dense) layer;
    return List.of(
        dense.out(), Math.multiplyExact(dense.channels(), dense.height() * dense.width()));
  }
}
