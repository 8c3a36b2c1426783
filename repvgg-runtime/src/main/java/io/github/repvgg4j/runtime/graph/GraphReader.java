package io.github.repvgg4j.runtime.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer.Concatenation;
import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import io.github.repvgg4j.runtime.graph.FastLayer.Dense;
import io.github.repvgg4j.runtime.graph.FastLayer.GlobalAveragePool;
import io.github.repvgg4j.runtime.graph.FastLayer.Pointwise;
import io.github.repvgg4j.runtime.graph.FastLayer.Softmax;
import io.github.repvgg4j.runtime.graph.FastLayer.SqueezeExcitation;
import io.github.repvgg4j.runtime.graph.FastLayer.Sum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins layers to a graph: what does nothing is left out, an activation goes into what it follows.
 */
final class GraphReader {

  /** Prefix of the name of a class that is DL4J's. */
  private static final String VERTICES = "org.deeplearning4j.nn.conf.graph.";

  private final String output;
  private final Map<String, Integer> readers;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private FastGraph.Result head;

  /**
   * What a node gives.
   *
   * @param channels 0 for the network's input, which the first convolution says
   */
  private record Tensor(int channels, Shape shape) {}

  private enum Shape {
    IMAGE,
    VECTOR
  }

  /**
   * @param readers how many vertices read each tensor
   */
  GraphReader(String input, String output, Map<String, Integer> readers) {
    this.output = output;
    this.readers = readers;
    numbers.put(input, FastGraph.IMAGES);
  }

  FastGraph read(List<Vertex> vertices) {
    for (Vertex vertex : vertices) {
      if (vertex.layer() == null) {
        addVertex(vertex);
      } else {
        addLayer(vertex, vertex.layer());
      }
    }
    if (head == null) {
      String last = vertices.isEmpty() ? "" : vertices.get(vertices.size() - 1).name();
      throw new UnsupportedLayerException(
          "configuration.json",
          (output.startsWith("\0") ? "the last layer" : "'" + output + "'")
              + (last.isEmpty() ? " is missing" : " is no output layer that gives [N, classes]"),
          UnsupportedLayerException.USE_DL4J);
    }
    return new FastGraph(nodes, channels(), head);
  }

  /** Of an image: what the layers that read it take. */
  private int channels() {
    return nodes.stream()
        .filter(node -> node.inputs().contains(FastGraph.IMAGES))
        .map(Node::layer)
        .filter(Convolution.class::isInstance)
        .mapToInt(layer -> ((Convolution) layer).in())
        .findFirst()
        .orElseThrow(
            () ->
                new UnsupportedLayerException(
                    "configuration.json",
                    "no convolution reads the images",
                    UnsupportedLayerException.USE_DL4J));
  }

  private void addLayer(Vertex vertex, LayerJson layer) {
    boolean flattens = layer.type().equals("OutputLayer") || layer.type().equals("DenseLayer");
    if (vertex.before().isObject() && !flattens) {
      throw layer.unsupported("has an input preprocessor", UnsupportedLayerException.USE_DL4J);
    }
    switch (layer.type()) {
      case "ConvolutionLayer", "Convolution2D" ->
          add(vertex, LayerReader.convolution(image(vertex)));
      case "GroupedConvolution2D" -> add(vertex, LayerReader.grouped(image(vertex)));
      case "DepthwiseConvolution2D" -> add(vertex, LayerReader.depthwise(image(vertex)));
      case "SqueezeExcitation" -> {
        requireTensor(vertex);
        add(vertex, LayerReader.squeezeExcitation(image(vertex)));
      }
      case "SubsamplingLayer" -> {
        requireTensor(vertex);
        add(vertex, LayerReader.pooling(image(vertex)));
      }
      case "GlobalPoolingLayer" -> add(vertex, LayerReader.globalPooling(image(vertex)));
      case "ActivationLayer" -> addActivation(vertex, layer);
      case "DropoutLayer" -> alias(vertex);
      case "OutputLayer", "DenseLayer" -> addDense(vertex, layer);
      case "LossLayer" -> {
        alias(vertex);
        endIn(vertex, layer);
      }
      default -> throw LayerReader.notAmongItsLayers(layer);
    }
  }

  private void addVertex(Vertex vertex) {
    JsonNode json = vertex.vertex();
    String type = json.path("@class").asText().replace(VERTICES, "");
    String where = "vertex '" + vertex.name() + "'";
    boolean tensors = vertex.inputs().stream().allMatch(in -> numbers.get(in) >= 0);
    if (type.equals("ScaleVertex") && json.path("scaleFactor").asDouble() == 1) {
      alias(vertex); // the fuser's copy of a tensor that DL4J would overwrite
    } else if (type.equals("ElementWiseVertex") && isAddition(json) && tensors) {
      add(vertex, new Sum(where, Function.IDENTITY));
    } else if (type.equals("MergeVertex") && tensors && areImages(vertex)) {
      add(vertex, new Concatenation(where));
    } else {
      throw new UnsupportedLayerException(
          where + " (" + type + ")",
          tensors ? "is not among its vertices" : "reads the network's input",
          UnsupportedLayerException.USE_DL4J);
    }
  }

  private static boolean isAddition(JsonNode json) {
    return json.path("op").asText().equals("Add");
  }

  private boolean areImages(Vertex vertex) {
    return vertex.inputs().stream()
        .allMatch(in -> tensors.get(numbers.get(in)).shape() == Shape.IMAGE);
  }

  private void alias(Vertex vertex) {
    numbers.put(vertex.name(), number(vertex));
  }

  private int number(Vertex vertex) {
    return numbers.get(vertex.inputs().get(0));
  }

  private void requireTensor(Vertex vertex) {
    if (number(vertex) == FastGraph.IMAGES) {
      throw vertex
          .layer()
          .unsupported(
              vertex.layer().type() + " as the first layer", UnsupportedLayerException.USE_DL4J);
    }
  }

  private LayerJson image(Vertex vertex) {
    int from = number(vertex);
    if (from != FastGraph.IMAGES && tensors.get(from).shape() != Shape.IMAGE) {
      throw vertex
          .layer()
          .unsupported("follows a layer that leaves no image", UnsupportedLayerException.USE_DL4J);
    }
    return vertex.layer();
  }

  private void add(Vertex vertex, FastLayer layer) {
    List<Integer> inputs = vertex.inputs().stream().map(numbers::get).toList();
    numbers.put(vertex.name(), nodes.size());
    nodes.add(new Node(layer, inputs));
    tensors.add(result(layer, inputs));
  }

  private Tensor result(FastLayer layer, List<Integer> inputs) {
    if (layer instanceof Convolution convolution) {
      return new Tensor(convolution.out(), Shape.IMAGE);
    }
    if (layer instanceof Dense dense) {
      return new Tensor(dense.out(), Shape.VECTOR);
    }
    if (layer instanceof Concatenation) {
      int sum = inputs.stream().mapToInt(i -> tensors.get(i).channels()).sum();
      return new Tensor(sum, Shape.IMAGE);
    }
    int from = inputs.get(0);
    int channels = from == FastGraph.IMAGES ? 0 : tensors.get(from).channels();
    boolean pooled = layer instanceof GlobalAveragePool;
    return new Tensor(
        channels, pooled || from == FastGraph.IMAGES ? Shape.VECTOR : tensors.get(from).shape());
  }

  private void addActivation(Vertex vertex, LayerJson layer) {
    if (layer.activation().equals("ActivationSoftmax")) {
      addSoftmax(vertex, layer);
      return;
    }
    Function function = LayerReader.after(layer);
    if (function.isIdentity()) {
      alias(vertex);
      return;
    }
    requireTensor(vertex);
    int node = number(vertex);
    FastLayer joined = isReadOnce(node) ? with(function, nodes.get(node).layer()) : null;
    if (joined == null) {
      add(vertex, new Pointwise(layer.where(), function));
    } else {
      nodes.set(node, new Node(joined, nodes.get(node).inputs()));
      alias(vertex);
    }
  }

  /** A tensor may have several names; nobody but the way here reads any of them. */
  private boolean isReadOnce(int node) {
    return numbers.entrySet().stream()
        .filter(name -> name.getValue() == node)
        .allMatch(name -> readers.getOrDefault(name.getKey(), 0) == 1);
  }

  /** The layer with the function behind it; null where it has no place for one. */
  private static FastLayer with(Function function, FastLayer layer) {
    if (layer instanceof Convolution convolution && convolution.after().isIdentity()) {
      return convolution.with(function);
    }
    if (layer instanceof SqueezeExcitation gate && gate.after().isIdentity()) {
      return gate.with(function);
    }
    return layer instanceof Sum sum && sum.after().isIdentity()
        ? new Sum(sum.where(), function)
        : null;
  }

  private void addSoftmax(Vertex vertex, LayerJson layer) {
    requireTensor(vertex);
    if (tensors.get(number(vertex)).shape() != Shape.VECTOR) {
      throw layer.unsupported("a softmax of images", UnsupportedLayerException.USE_DL4J);
    }
    if (vertex.name().equals(output)) {
      alias(vertex);
      endIn(vertex, layer);
    } else {
      add(vertex, new Softmax(layer.where()));
    }
  }

  private void addDense(Vertex vertex, LayerJson layer) {
    requireTensor(vertex);
    boolean vector = tensors.get(number(vertex)).shape() == Shape.VECTOR;
    if (vector == vertex.before().isObject()) {
      throw layer.unsupported(
          "a dense layer that reads neither pooled features nor an image",
          UnsupportedLayerException.USE_DL4J);
    }
    if (!vertex.name().equals(output)) {
      throw layer.unsupported(
          "a dense layer that is not the last", UnsupportedLayerException.USE_DL4J);
    }
    add(vertex, LayerReader.dense(layer, vertex.before()));
    endIn(vertex, layer);
  }

  private void endIn(Vertex vertex, LayerJson layer) {
    int node = numbers.get(vertex.name());
    if (!vertex.name().equals(output) || readers.getOrDefault(output, 0) > 0) {
      throw layer.unsupported("is not the last layer", UnsupportedLayerException.USE_DL4J);
    }
    if (node == FastGraph.IMAGES || tensors.get(node).shape() != Shape.VECTOR) {
      throw layer.unsupported("a head of feature maps", UnsupportedLayerException.USE_DL4J);
    }
    head =
        new FastGraph.Result(
            node,
            layer.text("layerName"),
            tensors.get(node).channels(),
            layer.json().path("activationFn"));
  }
}
