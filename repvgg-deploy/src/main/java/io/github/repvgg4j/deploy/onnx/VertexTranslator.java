package io.github.repvgg4j.deploy.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;

/** Writes vertices that are no layers, and what stands between a layer and its input. */
final class VertexTranslator {

  private final OnnxGraph graph;
  private final Layout layout;

  VertexTranslator(OnnxGraph graph, Layout layout) {
    this.graph = graph;
    this.layout = layout;
  }

  /**
   * Adds a vertex's nodes.
   *
   * @throws UnwritableException where ONNX has nothing like it
   */
  Value translate(String name, GraphVertex vertex, List<Value> inputs) {
    Value input = inputs.get(0);
    if (vertex instanceof ElementWiseVertex elementWise) {
      return elementWise(name, elementWise.getOp(), inputs);
    }
    if (vertex instanceof MergeVertex merge) {
      return merged(name, layout.axis(merge.getMergeAxis(), input.rank()), inputs);
    }
    if (vertex instanceof ScaleVertex scale) {
      String factor = graph.number(name + ".factor", scale.getScaleFactor());
      return graph.node(OnnxOp.MUL, name, input, factor);
    }
    if (vertex instanceof ShiftVertex shift) {
      String summand = graph.number(name + ".summand", shift.getShiftFactor());
      return graph.node(OnnxOp.ADD, name, input, summand);
    }
    if (vertex instanceof SubsetVertex subset) {
      return subset(name, subset, input);
    }
    if (vertex instanceof L2NormalizeVertex normalise) {
      return normalised(name, normalise, input);
    }
    if (vertex instanceof PoolHelperVertex && layout == Layout.NCHW) {
      return withoutFirst(name, LayerTranslator.image(input));
    }
    if (vertex instanceof PreprocessorVertex before) {
      return preprocessed(name, before.getPreProcessor(), input);
    }
    throw new UnwritableException(
        "a " + vertex.getClass().getSimpleName() + " cannot be written as ONNX");
  }

  /** An image without its first row and column. */
  private Value withoutFirst(String name, Value image) {
    List<Dimension> size =
        image.shape().subList(2, 4).stream()
            .map(n -> n.map(pixels -> pixels - 1, graph.names()))
            .toList();
    long[] end = {Long.MAX_VALUE, Long.MAX_VALUE};
    return new ResizeTranslator(graph)
        .sliced(name, image, image.shapeWith(2, size), new long[] {1, 1}, end);
  }

  private Value elementWise(String name, ElementWiseVertex.Op op, List<Value> inputs) {
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    return switch (op) {
      case Add -> folded(OnnxOp.ADD, name, inputs);
      case Subtract -> folded(OnnxOp.SUB, name, inputs);
      case Product -> folded(OnnxOp.MUL, name, inputs);
      case Max -> folded(OnnxOp.MAX, name, inputs);
      case Average -> {
        Value sum = folded(OnnxOp.ADD, name + ".sum", inputs);
        String factor = graph.number(name + ".factor", 1.0 / inputs.size());
        yield graph.node(OnnxOp.MUL, name, sum, factor);
      }
    };
  }

  private Value folded(OnnxOp op, String name, List<Value> inputs) {
    Value value = inputs.get(0);
    for (int i = 1; i < inputs.size(); i++) {
      String part = i == inputs.size() - 1 ? name : name + "." + i;
      Value next = inputs.get(i);
      value = graph.node(op, part, broadcast(value, next), Map.of(), value.name(), next.name());
    }
    return value;
  }

  private static List<Dimension> broadcast(Value a, Value b) {
    if (a.rank() != b.rank()) {
      throw new UnwritableException("joins arrays of " + a.rank() + " and " + b.rank() + " axes");
    }
    List<Dimension> shape = new ArrayList<>();
    for (int i = 0; i < a.rank(); i++) {
      Dimension one = a.shape().get(i);
      Dimension other = b.shape().get(i);
      boolean otherRules =
          one.equals(Dimension.of(1)) || other instanceof Dimension.Fixed f && f.size() != 1;
      shape.add(otherRules ? other : one);
    }
    return shape;
  }

  private Value merged(String name, int axis, List<Value> inputs) {
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    long sum = 0;
    boolean known = true;
    for (Value input : inputs) {
      if (input.shape().get(axis) instanceof Dimension.Fixed fixed) {
        sum += fixed.size();
      } else {
        known = false;
      }
    }
    List<Dimension> shape = new ArrayList<>(inputs.get(0).shape());
    shape.set(axis, known ? Dimension.of(sum) : new Dimension.Named(graph.names().axis()));
    return graph.node(
        OnnxOp.CONCAT,
        name,
        shape,
        Map.of("axis", axis),
        inputs.stream().map(Value::name).toArray(String[]::new));
  }

  private Value subset(String name, SubsetVertex subset, Value input) {
    int axis = layout.axis(1, input.rank());
    List<Dimension> shape = new ArrayList<>(input.shape());
    shape.set(axis, Dimension.of(subset.getTo() - subset.getFrom() + 1L));
    return graph.node(
        OnnxOp.SLICE,
        name,
        shape,
        Map.of(),
        input.name(),
        graph.integers(name + ".from", subset.getFrom()),
        graph.integers(name + ".to", subset.getTo() + 1L),
        graph.integers(name + ".axis", axis));
  }

  private Value normalised(String name, L2NormalizeVertex vertex, Value input) {
    int[] axes = IntStream.range(1, input.rank()).toArray();
    int[] stated = vertex.getDimension();
    if (stated != null
        && stated.length > 0
        && !Arrays.equals(Arrays.stream(stated).sorted().toArray(), axes)) {
      throw new UnwritableException(
          "normalising some axes only cannot be written as Deeplearning4j does it");
    }
    List<Dimension> shape = new ArrayList<>(Collections.nCopies(input.rank(), Dimension.of(1)));
    shape.set(0, input.shape().get(0));
    Value norm =
        graph.node(
            OnnxOp.REDUCE_L2,
            name + ".norm",
            shape,
            Map.of("axes", axes, "keepdims", 1),
            input.name());
    Value floor =
        graph.node(OnnxOp.MAX, name + ".floor", norm, graph.number(name + ".eps", vertex.getEps()));
    return graph.node(OnnxOp.DIV, name, input, floor.name());
  }

  /**
   * A layer's input as it reads it.
   *
   * @param before null for none
   */
  Value preprocessed(String name, InputPreProcessor before, Value value) {
    if (before == null) {
      return value;
    }
    if (before instanceof ComposableInputPreProcessor several) {
      Value current = value;
      for (InputPreProcessor one : several.getInputPreProcessors()) {
        current = preprocessed(name, one, current);
      }
      return current;
    }
    if (before instanceof CnnToFeedForwardPreProcessor flat) {
      return value.isImage() ? flattened(name, flat, value) : value;
    }
    if (before instanceof FeedForwardToCnnPreProcessor image) {
      return value.isImage() ? value : unflattened(name, image, value);
    }
    throw new UnwritableException(
        "preprocessor " + before.getClass().getSimpleName() + " cannot be written as ONNX");
  }

  private Value flattened(String name, CnnToFeedForwardPreProcessor flat, Value value) {
    long count = flat.getNumChannels() * flat.getInputHeight() * flat.getInputWidth();
    Dimension columns = count > 0 ? Dimension.of(count) : product(value.shape().subList(1, 4));
    Value ordered = value;
    if (layout == Layout.NHWC) {
      List<Dimension> s = value.shape();
      ordered =
          graph.node(
              OnnxOp.TRANSPOSE,
              name + ".nhwc",
              List.of(s.get(0), s.get(2), s.get(3), s.get(1)),
              Map.of("perm", new int[] {0, 2, 3, 1}),
              value.name());
    }
    return graph.node(
        OnnxOp.FLATTEN,
        name + ".flat",
        List.of(value.shape().get(0), columns),
        Map.of(),
        ordered.name()); // its axis is 1 by default
  }

  private Dimension product(List<Dimension> axes) {
    long product = 1;
    for (Dimension axis : axes) {
      if (!(axis instanceof Dimension.Fixed fixed)) {
        return new Dimension.Named(graph.names().axis());
      }
      product *= fixed.size();
    }
    return Dimension.of(product);
  }

  private Value unflattened(String name, FeedForwardToCnnPreProcessor image, Value value) {
    long c = image.getNumChannels();
    long h = image.getInputHeight();
    long w = image.getInputWidth();
    List<Dimension> shape =
        List.of(value.shape().get(0), Dimension.of(c), Dimension.of(h), Dimension.of(w));
    if (layout == Layout.NHWC) {
      throw new UnwritableException("rows as images of a NHWC network cannot be written as ONNX");
    }
    return graph.node(
        OnnxOp.RESHAPE,
        name + ".image",
        shape,
        Map.of(),
        value.name(),
        graph.integers(name + ".shape", 0, c, h, w));
  }
}
