package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Order;
import io.github.repvgg4j.onednn.primitive.Attributes.Scaled;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of a program while it is written. One that has codes is written in them, and read as
 * the numbers that they stand for wherever it is not read as codes.
 */
final class NodeTensors {

  private static final int IMAGE_AXES = 4;

  private final Tape tape;
  private final Map<Integer, Codes> codes;
  private final Map<Integer, Tensor> computed = new HashMap<>();
  private final Map<Integer, Tensor> coded = new HashMap<>();
  private final Map<Integer, Tensor> decoded = new HashMap<>();

  /**
   * @param codes by the number of the node that gives the tensor
   */
  NodeTensors(Tape tape, Map<Integer, Codes> codes) {
    this.tape = tape;
    this.codes = codes;
  }

  static DataType type(Codes of) {
    return switch (of.type()) {
      case U8 -> DataType.U8;
      case S8 -> DataType.S8;
    };
  }

  Optional<Codes> codes(int node) {
    return Optional.ofNullable(codes.get(node));
  }

  /** What a node computed in real numbers, whether or not it is to be written in codes. */
  void put(int node, Tensor real) {
    computed.put(node, real);
  }

  /** What a node computed in its codes. */
  void putCoded(int node, Tensor tensor) {
    coded.put(node, tensor);
  }

  /** As readers of codes take it; only of a node that has them. */
  Tensor coded(int node) {
    return coded.computeIfAbsent(node, it -> encode(codes.get(it), computed.get(it)));
  }

  /** As readers of real numbers take it. */
  Tensor real(int node) {
    return codes.containsKey(node)
        ? decoded.computeIfAbsent(node, it -> decode(codes.get(it), coded(it)))
        : computed.get(node);
  }

  /** As it is written: codes, or real numbers. */
  Tensor written(int node) {
    return codes.containsKey(node) ? coded(node) : computed.get(node);
  }

  /** With channels last, as kernels of integers want it. */
  static Layout layout(DataType type, long... dims) {
    return Layout.of(type, dims.length == IMAGE_AXES ? Order.CHANNELS_LAST : Order.PLAIN, dims);
  }

  private Tensor encode(Codes to, Tensor real) {
    Tensor result = tape.buffer(layout(type(to), real.dims()));
    tape.copy("to codes", real, result, scaled(1 / to.scale(), 0, to.zeroPoint()));
    return result;
  }

  private Tensor decode(Codes from, Tensor tensor) {
    Tensor result = tape.buffer(layout(DataType.F32, tensor.dims()));
    tape.copy("from codes", tensor, result, scaled(from.scale(), from.zeroPoint(), 0));
    return result;
  }

  private static Scaled scaled(float factor, int sourceZeroPoint, int targetZeroPoint) {
    return new Scaled(new float[] {factor}, sourceZeroPoint, targetZeroPoint);
  }
}
