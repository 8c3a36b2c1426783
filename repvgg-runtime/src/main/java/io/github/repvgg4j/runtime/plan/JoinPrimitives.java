package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Binary.Kind;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.Pointwise;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Softmax;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import io.github.repvgg4j.runtime.graph.FastLayer;
import io.github.repvgg4j.runtime.graph.UnsupportedLayerException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Primitives between the convolutions: sums, products, concatenation, and functions by element. */
final class JoinPrimitives {

  private static final int BLOCK = 16;

  private final Tape tape;

  JoinPrimitives(Tape tape) {
    this.tape = tape;
  }

  /** One after the other, all in the layout of the first; the last with the function. */
  Tensor sum(FastLayer.Sum layer, List<Tensor> read) {
    long[] shape = read.get(0).dims();
    for (Tensor tensor : read) {
      if (!Arrays.equals(tensor.dims(), shape)) {
        throw new UnsupportedLayerException(
            layer.where(),
            "adds " + Arrays.toString(shape) + " and " + Arrays.toString(tensor.dims()),
            UnsupportedLayerException.USE_DL4J);
      }
    }
    Layout layout = safe(read.get(0).layout());
    Tensor sum = inLayout(read.get(0), layout);
    for (int i = 1; i < read.size(); i++) {
      Tensor other = inLayout(read.get(i), layout);
      boolean last = i == read.size() - 1;
      sum = binary(layer.where(), Kind.ADD, sum, other, last ? layer.after() : Function.IDENTITY);
    }
    return sum;
  }

  /** The image times a gate [N, C, 1, 1]. */
  Tensor product(String name, Tensor image, Tensor gate, Function after) {
    Layout layout = safe(image.layout());
    Layout gateLayout = gate.layout();
    if (!layout.equals(image.layout()) || isReference(layout, gateLayout, after)) {
      Layout blocked = image.layout().in(Order.BLOCKS_OF_16);
      Layout blockedGate = gate.layout().in(Order.BLOCKS_OF_16);
      if (!isReference(blocked, blockedGate, after)) {
        layout = blocked;
        gateLayout = blockedGate;
      }
    }
    return binary(name, Kind.MULTIPLY, inLayout(image, layout), inLayout(gate, gateLayout), after);
  }

  /**
   * Whether oneDNN has no generated code for it: with channels last and large images of few
   * channels, such as the first block's, and then a hundred times slower.
   */
  private static boolean isReference(Layout image, Layout gate, Function after) {
    try (Primitive product = new Binary(Kind.MULTIPLY, image, gate).forward(After.of(after))) {
      return product.isReference();
    }
  }

  private static Layout safe(Layout layout) {
    return Binary.isSafe(layout) ? layout : layout.in(Order.BLOCKS_OF_16);
  }

  private Tensor inLayout(Tensor tensor, Layout layout) {
    return tape.in(layout, "reorder", tensor);
  }

  private Tensor binary(String name, Kind kind, Tensor first, Tensor second, Function after) {
    Primitive primitive =
        new Binary(kind, first.layout(), second.layout()).forward(After.of(after));
    return tape.result(
        name, primitive, Map.of(Argument.SOURCE, first, Argument.SECOND_SOURCE, second));
  }

  /** Along the channels: real numbers in blocks of 16 where all fill theirs, else channels last. */
  Tensor concatenation(FastLayer.Concatenation layer, List<Tensor> read) {
    long[] whole = read.get(0).dims();
    whole[1] = 0;
    for (Tensor tensor : read) {
      long[] shape = tensor.dims();
      whole[1] += shape[1];
      if (shape[2] != whole[2] || shape[3] != whole[3]) {
        throw new UnsupportedLayerException(
            layer.where(), "joins images of different size", UnsupportedLayerException.USE_DL4J);
      }
    }
    DataType type = read.get(0).layout().type();
    boolean codes = type == DataType.U8 || type == DataType.S8;
    boolean blocks = !codes && read.stream().allMatch(it -> it.dims()[1] % BLOCK == 0);
    Order order = blocks ? Order.BLOCKS_OF_16 : Order.CHANNELS_LAST;
    Tensor joined = tape.buffer(Layout.of(type, order, whole));
    long[] from = new long[whole.length];
    for (Tensor part : read) {
      tape.copy(layer.where(), part, joined.as(joined.layout().part(part.dims(), from)));
      from[1] += part.dims()[1];
    }
    return joined;
  }

  Tensor pointwise(FastLayer.Pointwise layer, Tensor read) {
    Pointwise pointwise = new Pointwise(layer.function(), read.layout());
    return tape.result(
        layer.where(), pointwise.forward(Purpose.INFERENCE), Map.of(Argument.SOURCE, read));
  }

  /** Over the channels. */
  Tensor softmax(String name, Tensor read) {
    Softmax softmax = new Softmax(read.layout(), 1);
    return tape.result(name, softmax.forward(Purpose.INFERENCE), Map.of(Argument.SOURCE, read));
  }
}
