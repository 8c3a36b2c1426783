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
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Convolution.Algorithm;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.primitive.Window.Side;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The primitives of one convolution. */
final class ConvolutionPrimitives {

  /** Along each axis, of what F(4x4, 3x3) computes at once. */
  private static final int TILE = 4;

  /** Below it Winograd's transforms of the weights take longer than they save. */
  private static final int LEAST_PIXELS = 512;

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
        made(
            convolution(sourceLayout(layout.type()), layout.type(), layout.type()),
            convolution -> convolution.forward(Purpose.TRAINING, After.NOTHING));
  }

  private Side side(int axis) {
    long padding = node.padding()[axis];
    return new Side(
        node.kernel()[axis], node.stride()[axis], node.dilation()[axis], padding, padding);
  }

  /** By Winograd's F(4x4, 3x3) where that is chosen and oneDNN has it, else directly. */
  private Primitive made(Convolution direct, Function<Convolution, Primitive> making) {
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

  private boolean isForWinograd() {
    if (layout.type() != DataType.F32 || source.isInput() || node.groups() != 1) {
      return false;
    }
    return switch (layout.convolutions()) {
      case DIRECT -> false;
      case WINOGRAD -> true;
      case FASTEST -> isFasterByWinograd(source.value().dims());
    };
  }

  /**
   * A fixed rule and no measurement, so that a run's bits are the same again: Winograd where at
   * least half of what its tiles compute is wanted. One core of an AMD EPYC (Zen 4), forward and
   * both gradients together, 64 to 512 channels, 8 to 128 images with sides of 3 to 14: where the
   * rule says yes, 1.0 to 3.3 times the direct code's speed, where it says no 0.4 to 1.1.
   *
   * @param images {@code [N, C, H, W]}
   */
  static boolean isFasterByWinograd(long... images) {
    long pixels = images[0] * images[2] * images[3];
    long tiles = images[0] * tiles(images[2]) * tiles(images[3]);
    return pixels >= LEAST_PIXELS && 2 * pixels >= TILE * TILE * tiles;
  }

  private static long tiles(long side) {
    return (side + TILE - 1) / TILE;
  }

  private Convolution convolution(Layout image, DataType weightType, DataType type) {
    long[] target = window.target(source.value().dims(), node.out());
    return Convolution.direct(
        image,
        Layout.any(weightType, weights),
        null,
        Layout.of(type, layout.order(), target),
        window);
  }

  private Layout sourceLayout(DataType type) {
    long[] dims = source.value().dims();
    return source.isInput() ? Layout.any(type, dims) : Layout.of(type, layout.order(), dims);
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
    backward(
        type -> convolution(sourceLayout(type), DataType.F32, type),
        Convolution::backwardWeights,
        primitive -> {
          Map<Argument, Tensor> read =
              Map.of(
                  SOURCE, image(tape, primitive),
                  TARGET_GRADIENT, targetGradient(tape, primitive, gradient));
          tape.write(node.name(), primitive, read, Map.of(WEIGHTS_GRADIENT, weightGradient));
          return weightGradient;
        });
  }

  /** The source's gradient, in new memory. */
  Tensor backwardData(Tape tape, Tensor parameters, Tensor gradient) {
    return backward(
        type -> convolution(sourceLayout(type), type, type),
        Convolution::backwardData,
        primitive -> {
          Map<Argument, Tensor> read =
              Map.of(
                  WEIGHTS, kernel(tape, primitive, parameters),
                  TARGET_GRADIENT, targetGradient(tape, primitive, gradient));
          Tensor result = tape.result(node.name(), primitive, read, SOURCE_GRADIENT);
          return tape.in(source.value().layout(), node.name(), result);
        });
  }

  private Tensor targetGradient(Tape tape, Primitive primitive, Tensor gradient) {
    return tape.in(primitive.layout(TARGET_GRADIENT), node.name(), gradient);
  }

  /**
   * In the chain's type. Where oneDNN has no sound code for that, or none but reference code, in
   * float32: BF16's gradient of 3 -> 24 kernels (24 is no multiple of 16) would take fifty times as
   * long.
   */
  private Tensor backward(
      Function<DataType, Convolution> convolution,
      BiFunction<Convolution, Primitive, Primitive> making,
      Function<Primitive, Tensor> writing) {
    Convolution narrow = convolution.apply(layout.type());
    Primitive own = made(narrow, chosen -> making.apply(chosen, forward));
    boolean isSound = narrow.hasWeightGradient();
    if (layout.type() == DataType.F32 || own.isGenerated() && isSound) {
      return writing.apply(own);
    }
    own.close();
    Convolution wide = convolution.apply(DataType.F32);
    try (Primitive hint = wide.forward(Purpose.TRAINING, After.NOTHING)) {
      return writing.apply(making.apply(wide, hint));
    }
  }
}
