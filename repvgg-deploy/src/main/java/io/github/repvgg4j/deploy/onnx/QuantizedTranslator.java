package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.graph.FastLayer.Pool;
import io.github.repvgg4j.runtime.graph.FastLayer.Softmax;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Sum;
import io.github.repvgg4j.runtime.source.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * Writes an INT8 network in QDQ form, node by node as the fast runtime has them. Tensors that are
 * float32 there because its integer convolutions can give float32 are codes here, where the file
 * says which ({@link QuantizedModel#observed}): ONNX's integer convolution gives codes only.
 */
final class QuantizedTranslator {

  private final OnnxGraph graph;
  private final FastGraph network;
  private final QuantizedModel model;
  private final List<List<float[]>> floats;
  private final Coding coding;
  private final FunctionTranslator functions;

  /**
   * @param parameters read to their end; those of integer layers need not be there
   */
  QuantizedTranslator(
      OnnxGraph graph, FastGraph network, QuantizedModel model, Parameters parameters)
      throws IOException {
    this.graph = graph;
    this.network = network;
    this.model = model;
    this.coding = new Coding(graph);
    this.functions = new FunctionTranslator(graph);
    this.floats = floats(parameters);
  }

  /** By node, in the order of {@link FastLayer#arrays()}; empty where integers take their place. */
  private List<List<float[]>> floats(Parameters parameters) throws IOException {
    List<List<float[]>> all = new ArrayList<>();
    for (int n = 0; n < network.nodes().size(); n++) {
      FastLayer layer = network.nodes().get(n).layer();
      if (model.network().layers().containsKey(n)) {
        parameters.skip(layer.parameterCount());
        all.add(List.of());
      } else {
        all.add(parameters.read(layer));
      }
    }
    return all;
  }

  /**
   * Adds all nodes.
   *
   * @param images {@code [N, C, H, W]}, normalised
   * @return the logits, {@code [N, classes]}
   */
  Value translate(Value images) {
    Codes codes = model.network().tensors().get(FastGraph.IMAGES);
    Value first = codes == null ? images : coding.coded("images", images, codes);
    List<Value> values = new ArrayList<>();
    for (int n = 0; n < network.nodes().size(); n++) {
      Node node = network.nodes().get(n);
      List<Value> inputs =
          node.inputs().stream().map(i -> i == FastGraph.IMAGES ? first : values.get(i)).toList();
      Value value = value(n, node.layer(), inputs);
      Codes given = codes(n);
      values.add(given == null ? value : coding.coded(node.layer().name(), value, given));
    }
    return values.get(network.head().node());
  }

  /** A dense layer's sums are given as float32 in integer form too. */
  private Codes codes(int node) {
    boolean dense = network.nodes().get(node).layer() instanceof Dense;
    Codes own = model.network().tensors().get(node);
    return own == null && !dense ? model.observed().get(node) : own;
  }

  private Value value(int number, FastLayer layer, List<Value> inputs) {
    String name = layer.name();
    Value in = inputs.get(0);
    if (layer instanceof Convolution convolution) {
      Value sums = convolution(number, convolution, in);
      return isFloatBetweenCodes(number)
          ? bounded(name + ".activation", convolution.after(), sums)
          : functions.apply(name + ".activation", convolution.after(), sums);
    }
    if (layer instanceof Dense dense) {
      return dense(number, dense, in);
    }
    if (layer instanceof SqueezeExcitation gate) {
      Value gated = squeezeExcitation(number, gate, in);
      return functions.apply(name + ".activation", gate.after(), gated);
    }
    if (layer instanceof Sum sum) {
      return functions.apply(name + ".activation", sum.after(), sum(name, inputs));
    }
    return withoutNumbers(name, layer, inputs);
  }

  private boolean isFloatBetweenCodes(int node) {
    return !model.network().layers().containsKey(node) && codes(node) != null;
  }

  /**
   * The function, with a maximum as its last operator. ONNX Runtime (1.29, WeightBiasQuantization)
   * quantises the weights of a float32 convolution whose result goes to QuantizeLinear, also
   * through a ReLU, with one scale for all: just what the layer was kept from.
   */
  private Value bounded(String label, Function function, Value x) {
    boolean rectified = function.equals(Function.RELU);
    Value value = rectified ? x : functions.apply(label + ".function", function, x);
    double least = rectified ? 0 : -Float.MAX_VALUE;
    return graph.node(OnnxOp.MAX, label, value, graph.number(label + ".least", least));
  }

  private Value withoutNumbers(String name, FastLayer layer, List<Value> inputs) {
    Value in = inputs.get(0);
    if (layer instanceof GlobalAveragePool) {
      List<Dimension> point = in.shapeWith(2, List.of(Dimension.of(1), Dimension.of(1)));
      String label = name + ".pooled";
      return row(name, graph.node(OnnxOp.GLOBAL_AVERAGE_POOL, label, point, Map.of(), in.name()));
    }
    if (layer instanceof Pool pool) {
      OnnxOp op = pool.kind() == Pool.Kind.MAX ? OnnxOp.MAX_POOL : OnnxOp.AVERAGE_POOL;
      Window window = window(pool.window());
      List<Dimension> shape = in.shapeWith(2, window.outputSize(in, graph.names()));
      return graph.node(op, name, shape, window.attributes(in), in.name());
    }
    if (layer instanceof Concatenation) {
      return concatenation(name, inputs);
    }
    if (layer instanceof Pointwise pointwise) {
      return functions.apply(name, pointwise.function(), in);
    }
    if (layer instanceof Softmax) {
      return graph.node(OnnxOp.SOFTMAX, name, in.shape(), Map.of("axis", 1), in.name());
    }
    throw new IllegalStateException("not among the layers: " + layer.where());
  }

  private static Window window(FastLayer.Window window) {
    boolean same = window.padding() == FastLayer.Window.SAME;
    int padding = same ? 0 : window.padding();
    return Window.of(
        pair(window.kernel()),
        pair(window.stride()),
        pair(padding),
        pair(1),
        same ? ConvolutionMode.Same : ConvolutionMode.Truncate);
  }

  private static int[] pair(int number) {
    return new int[] {number, number};
  }

  private Value convolution(int number, Convolution layer, Value in) {
    String name = layer.name();
    Window window = window(layer.window());
    Map<String, Object> attributes = window.attributes(in);
    if (layer.groups() > 1) {
      attributes.put("group", layer.groups());
    }
    List<Dimension> size = window.outputSize(in, graph.names());
    List<Dimension> shape =
        List.of(in.shape().get(0), Dimension.of(layer.out()), size.get(0), size.get(1));
    int kernel = layer.window().kernel();
    long[] axes = {layer.out(), layer.in() / layer.groups(), kernel, kernel};
    QuantizedLayer integers = model.network().layers().get(number);
    String weights;
    String bias;
    if (integers == null) {
      weights = graph.array(name + ".weight", floats.get(number).get(1), axes);
      bias = graph.array(name + ".bias", floats.get(number).get(0), layer.out());
    } else {
      weights = coding.weights(name, integers, axes);
      bias = coding.bias(name, integers, input(number));
    }
    return graph.node(OnnxOp.CONV, name, shape, attributes, in.name(), weights, bias);
  }

  /** The codes that an integer layer reads. */
  private Codes input(int number) {
    return model.network().tensors().get(network.nodes().get(number).inputs().get(0));
  }

  /** The matrix stays {@code [out, in]}: ONNX Runtime knows its integer form with axis 0 only. */
  private Value dense(int number, Dense layer, Value in) {
    String name = layer.name();
    Value row = in.isImage() ? row(name + ".row", in) : in;
    long[] axes = {layer.out(), (long) layer.channels() * layer.height() * layer.width()};
    QuantizedLayer integers = model.network().layers().get(number);
    String weights;
    String bias;
    if (integers == null) {
      weights = graph.array(name + ".weight", floats.get(number).get(0), axes);
      bias = graph.array(name + ".bias", floats.get(number).get(1), layer.out());
    } else {
      row = in.isImage() ? coding.coded(name + ".row", row, input(number)) : row;
      weights = coding.weights(name, integers, axes);
      bias = coding.bias(name, integers, input(number));
    }
    List<Dimension> shape = List.of(row.shape().get(0), Dimension.of(layer.out()));
    return graph.node(OnnxOp.GEMM, name, shape, Map.of("transB", 1), row.name(), weights, bias);
  }

  private Value row(String label, Value image) {
    long length = 1;
    for (Dimension axis : image.shape().subList(1, 4)) {
      length *= axis instanceof Dimension.Fixed fixed ? fixed.size() : 0;
    }
    Dimension numbers =
        length > 0 ? Dimension.of(length) : new Dimension.Named(graph.names().axis());
    List<Dimension> shape = List.of(image.shape().get(0), numbers);
    return graph.node(OnnxOp.FLATTEN, label, shape, Map.of("axis", 1), image.name());
  }

  private Value squeezeExcitation(int number, SqueezeExcitation layer, Value in) {
    String name = layer.name();
    List<float[]> arrays = floats.get(number);
    List<Dimension> point = in.shapeWith(2, List.of(Dimension.of(1), Dimension.of(1)));
    Value mean = graph.node(OnnxOp.GLOBAL_AVERAGE_POOL, name + ".mean", point, Map.of(), in.name());
    Value down = pointwise(name + ".down", mean, arrays.get(1), arrays.get(0));
    Value squeezed = graph.node(OnnxOp.RELU, name + ".down.relu", down);
    Value up = pointwise(name + ".up", squeezed, arrays.get(3), arrays.get(2));
    Value gate = graph.node(OnnxOp.SIGMOID, name + ".gate", up);
    return graph.node(OnnxOp.MUL, name, in, gate.name());
  }

  private Value pointwise(String name, Value in, float[] weights, float[] bias) {
    int out = bias.length;
    return graph.node(
        OnnxOp.CONV,
        name,
        in.shapeWithChannels(Dimension.of(out)),
        Map.of("kernel_shape", pair(1)),
        in.name(),
        graph.array(name + ".weight", weights, out, weights.length / out, 1, 1),
        graph.array(name + ".bias", bias, out));
  }

  private Value sum(String name, List<Value> inputs) {
    Value sum = inputs.get(0);
    for (int i = 1; i < inputs.size(); i++) {
      sum = graph.node(OnnxOp.ADD, name, sum, inputs.get(i).name());
    }
    return sum;
  }

  private Value concatenation(String name, List<Value> inputs) {
    long channels = 0;
    for (Value input : inputs) {
      channels += ((Dimension.Fixed) input.channels()).size();
    }
    return graph.node(
        OnnxOp.CONCAT,
        name,
        inputs.get(0).shapeWithChannels(Dimension.of(channels)),
        Map.of("axis", 1),
        inputs.stream().map(Value::name).collect(Collectors.toList()).toArray(String[]::new));
  }
}
