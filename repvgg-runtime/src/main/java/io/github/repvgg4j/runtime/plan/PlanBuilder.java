package io.github.repvgg4j.runtime.plan;

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
import io.github.repvgg4j.onednn.program.SharedProgram;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the program for one input shape; every layout is oneDNN's choice. */
final class PlanBuilder {

  private final Model model;
  private final DataType type;
  private final Tape tape = new Tape();
  private final JoinPrimitives joins = new JoinPrimitives(tape);
  private final PoolPrimitives pools = new PoolPrimitives(tape);

  /**
   * What is to be run.
   *
   * @param weights of each node
   */
  record Model(FastGraph graph, List<LayerWeights> weights) {}

  PlanBuilder(Model model, Precision precision) {
    this.model = model;
    this.type = precision.type();
  }

  /** Plans one input shape, once; a run takes the addresses of images and logits. */
  SharedProgram build(BatchShape shape) {
    try {
      Tensor images =
          tape.slot(
              Layout.plain(
                  DataType.F32, shape.batch(), shape.channels(), shape.height(), shape.width()));
      List<Tensor> results = new ArrayList<>();
      for (int i = 0; i < model.graph().nodes().size(); i++) {
        List<Tensor> read =
            model.graph().nodes().get(i).inputs().stream()
                .map(n -> n == FastGraph.IMAGES ? images : results.get(n))
                .toList();
        results.add(add(i, read));
      }
      finish(results.get(model.graph().head().node()));
      return new SharedProgram(tape.program());
    } catch (RuntimeException | Error e) {
      tape.discard();
      throw e;
    }
  }

  /** A dense layer writes to the caller itself; pooled features are copied. */
  private void finish(Tensor result) {
    if (result != null) {
      tape.copy("logits", result, tape.slot(Layout.plain(DataType.F32, result.dims())));
    }
  }

  private Tensor add(int node, List<Tensor> read) {
    FastLayer layer = model.graph().nodes().get(node).layer();
    try {
      return switchOver(layer, model.weights().get(node), node, read);
    } catch (UnsupportedLayerException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new UnsupportedLayerException(
          layer.where(),
          "oneDNN has no " + type + " primitive for it (" + e.getMessage() + ")",
          "use FP32, or " + UnsupportedLayerException.USE_DL4J);
    }
  }

  /** Null for the dense layer at the end, whose result is the caller's. */
  private Tensor switchOver(FastLayer layer, LayerWeights weights, int node, List<Tensor> read) {
    Tensor first = read.get(0);
    if (layer instanceof FastLayer.Convolution convolution) {
      boolean pooled = model.graph().isPooledOnly(node);
      return convolution(convolution, weights, first, pooled ? DataType.F32 : type);
    }
    if (layer instanceof FastLayer.SqueezeExcitation gate) {
      return squeezeExcitation(gate, weights, first);
    }
    if (layer instanceof FastLayer.Dense dense) {
      dense(dense, weights, first);
      return null;
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
      FastLayer.Convolution layer, LayerWeights weights, Tensor read, DataType result) {
    Layout target = Layout.any(result, outputShape(layer, read.dims()));
    Window window = layer.window().over(read.dims());
    Weighted numbers = new Weighted(weights.arrays().get(1), weights.arrays().get(0));
    return convolve(layer.where(), read, numbers, target, window, layer.after());
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

  private Tensor convolve(
      String name, Tensor read, Weighted numbers, Layout target, Window window, Function after) {
    Primitive primitive =
        Convolution.direct(
                Layout.any(type, read.dims()), numbers.any(type), numbers.vector(), target, window)
            .forward(Purpose.INFERENCE, After.of(after));
    Tensor source = tape.in(primitive.layout(Argument.SOURCE), "reorder", read);
    return tape.result(name, primitive, numbers.operands(primitive, source));
  }

  private Tensor squeezeExcitation(
      FastLayer.SqueezeExcitation layer, LayerWeights weights, Tensor image) {
    Window point = Window.square(1, 1, 0);
    List<PackedWeights> arrays = weights.arrays();
    long batch = image.dims()[0];
    Tensor hidden =
        convolve(
            layer.where(),
            pools.global(layer.where(), image),
            new Weighted(arrays.get(1), arrays.get(0)),
            Layout.any(type, batch, layer.squeezed(), 1, 1),
            point,
            Function.RELU);
    Tensor gate =
        convolve(
            layer.where(),
            hidden,
            new Weighted(arrays.get(3), arrays.get(2)),
            Layout.any(type, batch, layer.channels(), 1, 1),
            point,
            Function.SIGMOID);
    return joins.product(layer.where(), image, gate, layer.after());
  }

  private static long[] outputShape(FastLayer.Convolution layer, long[] shape) {
    if (shape[1] != layer.in()) {
      throw new UnsupportedLayerException(
          layer.where(),
          "takes " + layer.in() + " channels, got " + shape[1],
          "give images of " + layer.in() + " channels");
    }
    return layer.window().output(layer.where(), shape, layer.out());
  }

  private void dense(FastLayer.Dense layer, LayerWeights weights, Tensor read) {
    Weighted numbers = new Weighted(weights.arrays().get(0), weights.arrays().get(1));
    long[] shape = read.dims();
    requireShape(layer, shape);
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

  private static void requireShape(FastLayer.Dense layer, long[] shape) {
    if (shape[1] != layer.channels() || shape[2] != layer.height() || shape[3] != layer.width()) {
      throw new UnsupportedLayerException(
          layer.where(),
          String.format(
              Locale.ROOT,
              "reads [%d, %d, %d], and would get [%d, %d, %d]",
              layer.channels(),
              layer.height(),
              layer.width(),
              shape[1],
              shape[2],
              shape[3]),
          "give images of the size that the network was made for");
    }
  }
}
