package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.InnerProduct;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.program.PackedWeights;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.PooledEnd;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import io.github.repvgg4j.runtime.plan.PlanRequest.Results;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.IntPredicate;

/** Writes the program for one input shape; every layout is the kernel's choice. */
final class PlanBuilder {

  private static final SortedMap<Integer, Codes> NO_CODES = Collections.emptySortedMap();

  private final Model model;
  private final DataType type;
  private final List<Kernel> kernels;
  private final Map<Integer, Integer> standIns;
  private final Tape tape = new Tape();
  private final JoinPrimitives joins = new JoinPrimitives(tape);
  private final PoolPrimitives pools = new PoolPrimitives(tape);
  private final NodeTensors tensors;
  private final Optional<IntegerSteps> integers;

  /**
   * What is to be run.
   *
   * @param weights of each node
   * @param integers of an INT8 network
   */
  record Model(FastGraph graph, List<LayerWeights> weights, Optional<QuantizedNetwork> integers) {}

  /**
   * @param kernels of each node, of which only convolutions take notice
   * @param standIns nodes that are left out, with the earlier ones whose results are taken in their
   *     place: for measuring
   */
  PlanBuilder(
      Model model, Precision precision, List<Kernel> kernels, Map<Integer, Integer> standIns) {
    this.model = model;
    this.type = precision.type();
    this.kernels = kernels;
    this.standIns = standIns;
    this.tensors =
        new NodeTensors(tape, model.integers().map(QuantizedNetwork::tensors).orElse(NO_CODES));
    this.integers = model.integers().map(it -> new IntegerSteps(it, tape, tensors));
  }

  /**
   * Plans one input shape, once; a run takes the addresses of the images, then of what is given
   * out, in the order of the nodes: of each tensor, or the last feature map, if that is asked for,
   * and of the logits.
   */
  NodeProgram build(BatchShape shape, Results results) {
    try {
      tensors.put(
          FastGraph.IMAGES,
          tape.slot(
              Layout.plain(
                  DataType.F32, shape.batch(), shape.channels(), shape.height(), shape.width())));
      IntPredicate given = given(results);
      if (given.test(FastGraph.IMAGES)) {
        give(FastGraph.IMAGES);
      }
      List<Integer> ends = new ArrayList<>();
      for (int i = 0; i < model.graph().nodes().size(); i++) {
        Integer other = standIns.get(i);
        if (other == null) {
          add(i);
        } else {
          tensors.put(i, tensors.real(other));
        }
        if (given.test(i)) {
          give(i);
        }
        ends.add(tape.size());
      }
      if (!isDense(model.graph().head().node())) {
        give(model.graph().head().node());
      }
      return new NodeProgram(tape.program(), ends);
    } catch (RuntimeException | Error e) {
      tape.discard();
      throw e;
    }
  }

  /** Which nodes' tensors are, beside the logits. */
  private IntPredicate given(Results results) {
    return switch (results) {
      case LOGITS -> node -> false;
      case LAST_FEATURES -> {
        int features = PooledEnd.of(model.graph()).features();
        yield node -> node == features;
      }
      case EVERY_TENSOR -> node -> true;
    };
  }

  private boolean isDense(int node) {
    return node >= 0 && model.graph().nodes().get(node).layer() instanceof FastLayer.Dense;
  }

  /** To the caller, codes as they are; a dense layer has written there itself. */
  private void give(int node) {
    if (!isDense(node)) {
      Tensor written = tensors.written(node);
      tape.copy("result", written, tape.slot(Layout.plain(DataType.F32, written.dims())));
    }
  }

  private void add(int number) {
    Node node = model.graph().nodes().get(number);
    FastLayer layer = node.layer();
    try {
      if (integers.isPresent() && integers.get().isInteger(number)) {
        addInteger(integers.get(), number, node);
      } else if (integers.isEmpty() || !integers.get().joined(number, node)) {
        addFloat(number, node);
      }
    } catch (UnsupportedLayerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UnsupportedLayerException(
          layer.where(),
          "oneDNN has no "
              + (model.integers().isPresent() ? "integer" : type)
              + " primitive for it ("
              + e.getMessage()
              + ")",
          "use FP32, or " + UnsupportedLayerException.USE_DL4J);
    }
  }

  private void addInteger(IntegerSteps steps, int number, Node node) {
    int from = node.inputs().get(0);
    List<PackedWeights> weights = model.weights().get(number).arrays();
    if (node.layer() instanceof FastLayer.Convolution convolution) {
      requireChannels(convolution, tensors.written(from).dims());
      steps.convolution(number, convolution, from, weights);
    } else if (node.layer() instanceof FastLayer.Dense dense) {
      dense.requireFit(tensors.written(from).dims());
      steps.dense(number, dense, from, weights);
    }
  }

  private void addFloat(int number, Node node) {
    FastLayer layer = node.layer();
    LayerWeights weights = model.weights().get(number);
    if (layer instanceof FastLayer.SqueezeExcitation gate) {
      squeezeExcitation(number, gate, weights, node.inputs().get(0));
    } else {
      List<Tensor> read = node.inputs().stream().map(tensors::real).toList();
      if (layer instanceof FastLayer.Dense dense) {
        dense(dense, weights, read.get(0));
      } else {
        tensors.put(number, floats(layer, weights, number, read));
      }
    }
  }

  private Tensor floats(FastLayer layer, LayerWeights weights, int node, List<Tensor> read) {
    Tensor first = read.get(0);
    if (layer instanceof FastLayer.Convolution convolution) {
      boolean pooled = model.graph().isPooledOnly(node);
      return convolution(convolution, weights, node, first, pooled ? DataType.F32 : type);
    }
    if (layer instanceof FastLayer.Sum sum) {
      return joins.sum(sum, read);
    }
    if (layer instanceof FastLayer.Concatenation concatenation) {
      return joins.concatenation(concatenation, read);
    }
    return pointwise(layer, first);
  }

  private Tensor pointwise(FastLayer layer, Tensor read) {
    if (layer instanceof FastLayer.GlobalAveragePool pool) {
      return pools.global(pool.where(), read);
    }
    if (layer instanceof FastLayer.Pool pool) {
      return pools.windows(pool, read);
    }
    return layer instanceof FastLayer.Pointwise function
        ? joins.pointwise(function, read)
        : joins.softmax(layer.where(), read);
  }

  private Tensor convolution(
      FastLayer.Convolution layer, LayerWeights weights, int node, Tensor read, DataType result) {
    requireChannels(layer, read.dims());
    Weighted numbers = new Weighted(weights.arrays().get(1), weights.arrays().get(0));
    Primitive primitive =
        ConvolutionPrimitives.of(layer, read.dims(), type, result, kernels.get(node));
    return convolve(layer.where(), primitive, read, numbers);
  }

  private Tensor convolve(String name, Primitive primitive, Tensor read, Weighted numbers) {
    Tensor source = tape.in(primitive.layout(Argument.SOURCE), "reorder", read);
    return tape.result(name, primitive, numbers.operands(primitive, source));
  }

  private record Weighted(PackedWeights weight, PackedWeights bias) {

    Layout any(DataType type) {
      return Layout.any(type, weight.dims());
    }

    Layout vector() {
      return Layout.plain(DataType.F32, bias.dims());
    }

    Map<Argument, Tensor> operands(Primitive primitive, Tensor source) {
      return Map.of(
          Argument.SOURCE,
          source,
          Argument.WEIGHTS,
          weight.in(primitive.layout(Argument.WEIGHTS)),
          Argument.BIAS,
          bias.in(vector()));
    }
  }

  /** From features of one pixel. */
  private Tensor point(String name, Tensor read, Weighted numbers, Function after) {
    long[] dims = read.dims();
    Layout target = Layout.any(type, dims[0], numbers.bias.dims()[0], 1, 1);
    Primitive primitive =
        Convolution.direct(
                Layout.any(type, dims),
                numbers.any(type),
                numbers.vector(),
                target,
                Window.square(1, 1, 0))
            .forward(Purpose.INFERENCE, After.of(after));
    return convolve(name, primitive, read, numbers);
  }

  private void squeezeExcitation(
      int number, FastLayer.SqueezeExcitation layer, LayerWeights weights, int from) {
    List<PackedWeights> arrays = weights.arrays();
    Tensor pooled = pools.global(layer.where(), tensors.real(from));
    Weighted down = new Weighted(arrays.get(1), arrays.get(0));
    Tensor hidden = point(layer.where(), pooled, down, Function.RELU);
    Weighted up = new Weighted(arrays.get(3), arrays.get(2));
    Tensor gate = point(layer.where(), hidden, up, Function.SIGMOID);
    if (integers.isEmpty() || !integers.get().gated(number, layer, from, gate)) {
      tensors.put(number, joins.product(layer.where(), tensors.real(from), gate, layer.after()));
    }
  }

  private static void requireChannels(FastLayer.Convolution layer, long[] shape) {
    if (shape[1] != layer.in()) {
      throw new UnsupportedLayerException(
          layer.where(),
          "takes " + layer.in() + " channels, got " + shape[1],
          "give images of " + layer.in() + " channels");
    }
  }

  private void dense(FastLayer.Dense layer, LayerWeights weights, Tensor read) {
    Weighted numbers = new Weighted(weights.arrays().get(0), weights.arrays().get(1));
    long[] shape = read.dims();
    layer.requireFit(shape);
    Layout target = Layout.plain(DataType.F32, shape[0], layer.out());
    Primitive primitive =
        new InnerProduct(
                Layout.any(DataType.F32, shape),
                numbers.any(DataType.F32),
                numbers.vector(),
                target)
            .forward(Purpose.INFERENCE, After.NOTHING);
    Tensor source = tape.in(primitive.layout(Argument.SOURCE), "reorder", read);
    tape.write(
        layer.where(),
        primitive,
        numbers.operands(primitive, source),
        Map.of(Argument.TARGET, tape.slot(target)));
  }
}
