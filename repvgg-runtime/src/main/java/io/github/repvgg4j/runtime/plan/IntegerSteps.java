package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Attributes;
import io.github.repvgg4j.onednn.primitive.Attributes.Scaled;
import io.github.repvgg4j.onednn.primitive.Attributes.ScaledSources;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.InnerProduct;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.program.PackedWeights;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import io.github.repvgg4j.runtime.graph.FastGraph.Node;
import io.github.repvgg4j.runtime.graph.FastLayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the steps of a program that compute in integers, or read and write codes. */
final class IntegerSteps {

  private final QuantizedNetwork integers;
  private final Tape tape;
  private final NodeTensors tensors;
  private final JoinPrimitives joins;
  private final PoolPrimitives pools;

  IntegerSteps(QuantizedNetwork integers, Tape tape, NodeTensors tensors) {
    this.integers = integers;
    this.tape = tape;
    this.tensors = tensors;
    this.joins = new JoinPrimitives(tape);
    this.pools = new PoolPrimitives(tape);
  }

  /** Whether a node computes in integers. */
  boolean isInteger(int number) {
    return integers.layers().containsKey(number);
  }

  void convolution(int number, FastLayer.Convolution layer, int from, List<PackedWeights> weights) {
    Tensor given = tensors.coded(from);
    ToCodes result = ToCodes.of(layer.after(), tensors.codes(number));
    long[] target = layer.window().output(layer.where(), given.dims(), layer.out());
    Window window = layer.window().over(given.dims());
    int zeroPoint = tensors.codes(from).orElseThrow().zeroPoint();
    boolean bordered = zeroPoint != 0 && LayerWeights.isDepthwise(layer);
    Tensor read = bordered ? bordered(layer.where(), given, window, zeroPoint) : given;
    Primitive primitive =
        Convolution.direct(
                Layout.any(read.layout().type(), read.dims()),
                Layout.any(DataType.S8, layer.arrays().get(1)),
                Layout.plain(DataType.S32, layer.out()),
                Layout.any(result.type(), target),
                bordered ? withoutPadding(window) : window)
            .forward(Purpose.INFERENCE, attributes(number, layer, from, result));
    Tensor made =
        tape.result(
            layer.where(), primitive, operands(primitive, read, weights.get(1), weights.get(0)));
    if (tensors.codes(number).isPresent()) {
      tensors.putCoded(number, made);
    } else {
      tensors.put(number, made);
    }
  }

  /** An image within as much of its zero point as a window pads. */
  private Tensor bordered(String name, Tensor image, Window window, int zeroPoint) {
    long[] dims = image.dims();
    long top = window.height().before();
    long left = window.width().before();
    long height = top + dims[2] + window.height().after();
    long width = left + dims[3] + window.width().after();
    Layout whole = NodeTensors.layout(image.layout().type(), dims[0], dims[1], height, width);
    Tensor anything = tape.buffer(whole);
    Tensor bordered = tape.buffer(whole);
    tape.copy(name, anything, bordered, new Scaled(new float[] {0}, 0, zeroPoint));
    Layout middle = whole.part(dims, new long[] {0, 0, top, left});
    tape.copy(name, image, bordered.as(middle));
    return bordered;
  }

  private static Window withoutPadding(Window window) {
    return new Window(withoutPadding(window.height()), withoutPadding(window.width()));
  }

  private static Window.Side withoutPadding(Window.Side side) {
    return new Window.Side(side.kernel(), side.stride(), side.gap(), 0, 0);
  }

  /** Writes real numbers to an array of the caller's. */
  void dense(int number, FastLayer.Dense layer, int from, List<PackedWeights> weights) {
    Tensor read = tensors.coded(from);
    long[] source = read.dims();
    ToCodes result = ToCodes.of(Function.IDENTITY, Optional.empty());
    Layout target = Layout.plain(DataType.F32, source[0], layer.out());
    Primitive primitive =
        new InnerProduct(
                Layout.any(read.layout().type(), source),
                Layout.any(DataType.S8, layer.arrays().get(0)),
                Layout.plain(DataType.S32, layer.out()),
                target)
            .forward(Purpose.INFERENCE, attributes(number, layer, from, result));
    tape.write(
        layer.where(),
        primitive,
        operands(primitive, read, weights.get(0), weights.get(1)),
        Map.of(Argument.TARGET, tape.slot(target)));
  }

  private Attributes attributes(int number, FastLayer layer, int from, ToCodes result) {
    Codes read = tensors.codes(from).orElseThrow();
    QuantizedLayer numbers = integers.layers().get(number);
    int zero = LayerWeights.hasZeroPointInBias(layer) ? 0 : read.zeroPoint();
    return Attributes.of(
        new Scaled(result.factors(numbers, read), zero, result.zeroPoint()), result.after());
  }

  private Map<Argument, Tensor> operands(
      Primitive primitive, Tensor read, PackedWeights weight, PackedWeights bias) {
    return Map.of(
        Argument.SOURCE,
        tape.in(primitive.layout(Argument.SOURCE), "reorder", read),
        Argument.WEIGHTS,
        weight.in(primitive.layout(Argument.WEIGHTS)),
        Argument.BIAS,
        bias.in(Layout.plain(DataType.S32, bias.dims())));
  }

  /**
   * A node of real numbers that takes codes as they are, which gives what computing in float32 and
   * rounding would.
   *
   * @return whether it was such a node
   */
  boolean joined(int number, Node node) {
    Optional<Codes> codes = tensors.codes(number);
    if (codes.isEmpty()) {
      return false;
    }
    Codes to = codes.get();
    boolean alike =
        node.inputs().stream().allMatch(in -> tensors.codes(in).filter(to::equals).isPresent());
    if (alike && node.layer() instanceof FastLayer.Pool pool) {
      if (pool.kind() != FastLayer.Pool.Kind.MAX) {
        return false;
      }
      tensors.putCoded(number, pools.windows(pool, tensors.coded(node.inputs().get(0))));
      return true;
    }
    if (alike && node.layer() instanceof FastLayer.Concatenation concatenation) {
      List<Tensor> read = node.inputs().stream().map(tensors::coded).toList();
      tensors.putCoded(number, joins.concatenation(concatenation, read));
      return true;
    }
    return node.layer() instanceof FastLayer.Sum sum && sum(number, sum, node.inputs(), to);
  }

  /** Of two tensors of codes. */
  private boolean sum(int number, FastLayer.Sum layer, List<Integer> inputs, Codes to) {
    if (inputs.size() != 2 || !inputs.stream().allMatch(this::isCodedWithoutZeroPoint)) {
      return false;
    }
    Tensor second = tensors.coded(inputs.get(1));
    return binary(
        number,
        layer.where(),
        new Operands(Binary.Kind.ADD, inputs.get(0), second, scale(inputs.get(1))),
        ToCodes.of(layer.after(), Optional.of(to)));
  }

  /** An image times a gate {@code [N, C, 1, 1]} of real numbers, written in codes. */
  boolean gated(int number, FastLayer.SqueezeExcitation layer, int image, Tensor gate) {
    Optional<Codes> to = tensors.codes(number);
    if (to.isEmpty() || tensors.codes(image).filter(codes -> codes.zeroPoint() != 0).isPresent()) {
      return false;
    }
    Tensor flat = tape.in(NodeTensors.layout(DataType.F32, gate.dims()), "reorder", gate);
    return binary(
        number,
        layer.where(),
        new Operands(Binary.Kind.MULTIPLY, image, flat, 1),
        ToCodes.of(layer.after(), to));
  }

  private record Operands(Binary.Kind kind, int first, Tensor second, float secondScale) {}

  /** Where oneDNN generates code for it, and there is no zero point in the way. */
  private boolean binary(int number, String name, Operands operands, ToCodes result) {
    Layout first = tensors.written(operands.first()).layout();
    Layout image = NodeTensors.layout(first.type(), first.dims());
    boolean adds = operands.kind() == Binary.Kind.ADD;
    float firstScale = scale(operands.first()) / result.step();
    float secondScale = adds ? operands.secondScale() / result.step() : 1;
    Binary binary =
        new Binary(
            operands.kind(),
            image,
            operands.second().layout(),
            NodeTensors.layout(result.type(), first.dims()));
    Primitive primitive =
        binary.forward(Attributes.of(new ScaledSources(firstScale, secondScale), result.after()));
    if (primitive.isReference() || result.zeroPoint() != 0) {
      primitive.close();
      return false;
    }
    Tensor read = tape.in(image, "reorder", tensors.written(operands.first()));
    tensors.putCoded(
        number,
        tape.result(
            name,
            primitive,
            Map.of(Argument.SOURCE, read, Argument.SECOND_SOURCE, operands.second())));
    return true;
  }

  private boolean isCodedWithoutZeroPoint(int node) {
    return tensors.codes(node).filter(codes -> codes.zeroPoint() == 0).isPresent();
  }

  private float scale(int node) {
    return tensors.codes(node).map(Codes::scale).orElse(1f);
  }
}
