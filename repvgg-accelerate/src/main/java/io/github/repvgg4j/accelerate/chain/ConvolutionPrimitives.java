package io.github.repvgg4j.accelerate.chain;

import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS_GRADIENT;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Convolution.Algorithm;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.primitive.Window.Side;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.Map;
import java.util.function.Function;

/** The primitives of one convolution. */
final class ConvolutionPrimitives {

  /** Smaller images leave most of a 4x4 tile empty. */
  private static final int LEAST_SIDE = 8;

  private final ChainNode.Convolution node;
  private final ChainLayout layout;
  private final Activation source;
  private final Window window;
  private final long[] weights;
  private final Primitive forward;

  ConvolutionPrimitives(ChainNode.Convolution node, ChainLayout layout, Activation source) {
    this.node = node;
    this.layout = layout;
    this.source = source;
    this.window = new Window(side(0), side(1));
    this.weights = window.weights(node.in(), node.out(), node.groups());
    this.forward =
        convolution(sourceLayout(), layout.type()).forward(Purpose.TRAINING, After.NOTHING);
  }

  private Side side(int axis) {
    long padding = node.padding()[axis];
    return new Side(
        node.kernel()[axis], node.stride()[axis], node.dilation()[axis], padding, padding);
  }

  /**
   * By Winograd's F(4x4, 3x3) where that is chosen and oneDNN has it, else directly. The forward
   * pass is always direct: other roundings there move numbers across a ReLU's zero, and then the
   * gradients of two float32 forward passes differ by 5e-3 (A0, random weights), as stock
   * Deeplearning4j's does from float64's. These here differ by 1e-6.
   */
  private Primitive backward(Convolution direct, Function<Convolution, Primitive> making) {
    if (isForWinograd()) {
      try {
        Primitive winograd = making.apply(direct.with(Algorithm.WINOGRAD));
        if (winograd.isWinograd()) {
          return winograd;
        }
        winograd.close();
      } catch (OneDnnException e) {
        return making.apply(direct); // no code for it on this CPU
      }
    }
    return making.apply(direct);
  }

  /** A fixed rule and no measurement, so that a run's bits are the same again. */
  private boolean isForWinograd() {
    if (layout.type() != DataType.F32 || source.isInput() || node.groups() != 1) {
      return false;
    }
    long[] image = source.value().dims();
    boolean large = Math.min(image[2], image[3]) >= LEAST_SIDE;
    return switch (layout.convolutions()) {
      case DIRECT -> false;
      case WINOGRAD -> true;
      case FASTEST -> large;
    };
  }

  private Convolution convolution(Layout image, DataType weightType) {
    long[] target = window.target(source.value().dims(), node.out());
    return Convolution.direct(
        image, Layout.any(weightType, weights), null, layout.of(target), window);
  }

  private Layout sourceLayout() {
    Layout own = source.value().layout();
    return source.isInput() ? Layout.any(layout.type(), own.dims()) : own;
  }

  Primitive forward() {
    return forward;
  }

  /** Of the weights, as Deeplearning4j has them. */
  Layout parameterLayout() {
    return Layout.plain(DataType.F32, weights);
  }

  /** The result, in new memory. */
  Tensor forward(Tape tape, Tensor parameters) {
    return tape.result(
        node.name(),
        forward,
        Map.of(SOURCE, image(tape, forward), WEIGHTS, kernel(tape, forward, parameters)));
  }

  private Tensor image(Tape tape, Primitive primitive) {
    return tape.in(primitive.layout(SOURCE), node.name(), source.value());
  }

  private Tensor kernel(Tape tape, Primitive primitive, Tensor parameters) {
    return tape.in(primitive.layout(WEIGHTS), node.name(), parameters);
  }

  /**
   * @param gradient of the result
   * @param weightGradient written, in Deeplearning4j's layout
   */
  void backwardWeights(Tape tape, Tensor gradient, Tensor weightGradient) {
    Primitive primitive =
        backward(
            convolution(sourceLayout(), DataType.F32),
            convolution -> convolution.backwardWeights(forward));
    tape.write(
        node.name(),
        primitive,
        Map.of(SOURCE, image(tape, primitive), TARGET_GRADIENT, gradient),
        Map.of(WEIGHTS_GRADIENT, weightGradient));
  }

  /** The source's gradient, in new memory. */
  Tensor backwardData(Tape tape, Tensor parameters, Tensor gradient) {
    Primitive primitive =
        backward(
            convolution(source.value().layout(), layout.type()),
            convolution -> convolution.backwardData(forward));
    return tape.result(
        node.name(),
        primitive,
        Map.of(WEIGHTS, kernel(tape, primitive, parameters), TARGET_GRADIENT, gradient),
        SOURCE_GRADIENT);
  }
}
