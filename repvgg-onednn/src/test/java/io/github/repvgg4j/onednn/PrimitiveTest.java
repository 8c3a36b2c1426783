package io.github.repvgg4j.onednn;

import static io.github.repvgg4j.onednn.primitive.Argument.BIAS;
import static io.github.repvgg4j.onednn.primitive.Argument.BIAS_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.SECOND_SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS;
import static io.github.repvgg4j.onednn.primitive.Argument.WEIGHTS_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.WORKSPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.repvgg4j.onednn.OnePrimitive.Array;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.InnerProduct;
import io.github.repvgg4j.onednn.primitive.MatrixProduct;
import io.github.repvgg4j.onednn.primitive.Pointwise;
import io.github.repvgg4j.onednn.primitive.Pooling;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Softmax;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.primitive.Window.Side;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Program;
import io.github.repvgg4j.onednn.program.Scratch;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation against the definition, written out in loops. */
class PrimitiveTest {

  private static final double FLOAT32 = 2e-4;
  private static final double BFLOAT16 = 0.15;

  /** Of a convolution; the image is 9 x 11. */
  record Case(String name, int in, int out, int groups, Window window, DataType type) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> convolutions() {
    Side uneven = new Side(3, 2, 1, 2, 1);
    return Stream.of(
        new Case("3x3", 16, 32, 1, Window.square(3, 1, 1), DataType.F32),
        new Case("few channels", 3, 5, 1, Window.square(3, 1, 1), DataType.F32),
        new Case("stride 2, 1x1", 16, 16, 1, Window.square(1, 2, 0), DataType.F32),
        new Case("groups", 32, 16, 4, Window.square(3, 1, 1), DataType.F32),
        new Case("depthwise", 16, 16, 16, Window.square(3, 2, 1), DataType.F32),
        new Case(
            "gaps, uneven padding",
            8,
            8,
            2,
            new Window(uneven, new Side(2, 1, 2, 0, 1)),
            DataType.F32),
        new Case("bfloat16", 16, 16, 1, Window.square(3, 1, 1), DataType.BF16));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionGoesForwardAndBackAsByDefinition(Case shape) {
    assumeThat(hasCode(shape.type)).as("code for %s on this CPU", shape.type).isTrue();
    Window window = shape.window;
    Array source = Array.random(1, 2, shape.in, 9, 11);
    Array weights = Array.random(2, window.weights(shape.in, shape.out, shape.groups));
    Array bias = Array.random(3, shape.out);
    Array target = Array.zeros(window.target(source.dims(), shape.out));
    Layout vector = bias.layout();
    Convolution convolution = convolution(shape.type, source, weights, vector, target, window);
    Primitive forward = convolution.forward(Purpose.TRAINING, After.of(Function.relu(0.1)));
    Primitive plain = convolution.forward(Purpose.TRAINING, After.NOTHING);
    Primitive data =
        convolution(shape.type, source, weights, null, target, window).backwardData(plain);
    Primitive weight = convolution.backwardWeights(plain);

    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(WEIGHTS, weights)
        .reads(BIAS, bias)
        .writes(TARGET, target)
        .run(forward);
    Array error = Array.random(4, target.dims());
    Array sourceGradient = Array.zeros(source.dims());
    new OnePrimitive()
        .reads(WEIGHTS, weights)
        .reads(TARGET_GRADIENT, error)
        .writes(SOURCE_GRADIENT, sourceGradient)
        .run(data);
    Array weightGradient = Array.zeros(weights.dims());
    Array biasGradient = Array.zeros(bias.dims());
    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(TARGET_GRADIENT, error)
        .writes(WEIGHTS_GRADIENT, weightGradient)
        .writes(BIAS_GRADIENT, biasGradient)
        .run(weight);
    plain.close();

    Loops expected = new Loops(window, shape.groups, source, weights, bias, target.dims());
    expected.forward();
    expected.backward(error);
    double scale = shape.type == DataType.BF16 ? BFLOAT16 : FLOAT32;
    check(target, Loops.map(expected.target, x -> x > 0 ? x : 0.1 * x), scale);
    check(sourceGradient, expected.sourceGradient, scale);
    check(weightGradient, expected.weightGradient, 4 * scale);
    check(biasGradient, expected.biasGradient, 4 * scale);
  }

  private static boolean hasCode(DataType type) {
    Layout image = Layout.any(type, 1, 16, 8, 8);
    Convolution convolution =
        Convolution.direct(
            image, Layout.any(type, 16, 16, 3, 3), null, image, Window.square(3, 1, 1));
    try (Primitive forward = convolution.forward(Purpose.INFERENCE, After.NOTHING)) {
      return true;
    } catch (OneDnnException e) {
      return false;
    }
  }

  private static Convolution convolution(
      DataType type, Array source, Array weights, Layout bias, Array target, Window window) {
    return Convolution.direct(
        Layout.any(type, source.dims()),
        Layout.any(type, weights.dims()),
        bias,
        Layout.any(type, target.dims()),
        window);
  }

  private static void check(Array found, double[] expected, double tolerance) {
    assertThat(found.numbers()).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found.numbers()[i])
          .as("number " + i)
          .isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void innerAndMatrixProductsMultiplyMatrices() {
    Array source = Array.random(1, 3, 7);
    Array weights = Array.random(2, 5, 7);
    Array transposed = Array.zeros(7, 5);
    Array bias = Array.random(3, 5);
    double[] product = new double[15];
    double[] expected = new double[15];
    for (int i = 0; i < 15; i++) {
      for (int k = 0; k < 7; k++) {
        product[i] += source.numbers()[i / 5 * 7 + k] * weights.numbers()[i % 5 * 7 + k];
        transposed.numbers()[k * 5 + i % 5] = weights.numbers()[i % 5 * 7 + k];
      }
      expected[i] = product[i] + bias.numbers()[i % 5];
    }
    Array target = Array.zeros(3, 5);
    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(WEIGHTS, weights)
        .reads(BIAS, bias)
        .writes(TARGET, target)
        .run(
            new InnerProduct(
                    Layout.any(DataType.F32, 3, 7),
                    Layout.any(DataType.F32, 5, 7),
                    bias.layout(),
                    target.layout())
                .forward(Purpose.INFERENCE, After.NOTHING));
    check(target, expected, FLOAT32);
    new OnePrimitive()
        .reads(SOURCE, source)
        .reads(WEIGHTS, transposed)
        .writes(TARGET, target)
        .run(
            new MatrixProduct(source.layout(), Layout.any(DataType.F32, 7, 5), target.layout())
                .forward());
    check(target, product, FLOAT32);
  }

  @Test
  void poolingTakesMaximaAndAveragesAndSpreadsTheGradient() {
    Array source = Array.random(1, 1, 16, 4, 6);
    Array target = Array.zeros(1, 16, 2, 3);
    Array whole = Array.zeros(1, 16, 1, 1);
    double[] maxima = new double[16 * 6];
    double[] averages = new double[16];
    Arrays.fill(maxima, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < source.numbers().length; i++) {
      int window = i / 24 * 6 + i % 24 / 12 * 3 + i % 6 / 2;
      maxima[window] = Math.max(maxima[window], source.numbers()[i]);
      averages[i / 24] += source.numbers()[i] / 24;
    }
    Layout images = source.layout().in(Order.BLOCKS_OF_16);
    new OnePrimitive()
        .reads(SOURCE, source)
        .writes(TARGET, target)
        .run(
            new Pooling(
                    Pooling.Kind.MAXIMUM,
                    images,
                    target.layout().in(Order.ANY),
                    Window.square(2, 2, 0))
                .forward(Purpose.INFERENCE));
    check(target, maxima, 0);
    Pooling average =
        new Pooling(
            Pooling.Kind.AVERAGE,
            images,
            whole.layout().in(Order.BLOCKS_OF_16),
            Window.whole(4, 6));
    Primitive forward = average.forward(Purpose.TRAINING);
    Primitive backward = average.backward(forward);
    new OnePrimitive().reads(SOURCE, source).writes(TARGET, whole).run(forward);
    check(whole, averages, FLOAT32);
    Array gradient = Array.zeros(source.dims());
    new OnePrimitive()
        .reads(TARGET_GRADIENT, whole)
        .writes(SOURCE_GRADIENT, gradient)
        .run(backward);
    for (int i = 0; i < gradient.numbers().length; i++) {
      assertThat((double) gradient.numbers()[i]).isCloseTo(averages[i / 24] / 24, within(FLOAT32));
    }
  }

  @Test
  void gradientOfMaximaGoesToWhereTheyWere() {
    Array source = Array.random(4, 2, 16, 5, 7);
    Array target = Array.random(5, 2, 16, 2, 3);
    Array gradient = Array.zeros(source.dims());
    Pooling pooling =
        new Pooling(
            Pooling.Kind.MAXIMUM,
            source.layout().in(Order.BLOCKS_OF_16),
            target.layout().in(Order.BLOCKS_OF_16),
            Window.square(2, 2, 0));
    Tape tape = new Tape();
    Primitive forward = pooling.forward(Purpose.TRAINING);
    Tensor places = tape.buffer(forward.layout(WORKSPACE));
    Tensor images = tape.in(pooling.source(), "images", tape.slot(source.layout()));
    Tensor maxima = tape.buffer(pooling.target());
    tape.add("pool", forward, Map.of(SOURCE, images, TARGET, maxima, WORKSPACE, places));
    Tensor delta = tape.in(pooling.target(), "delta", tape.slot(target.layout()));
    Tensor spread =
        tape.result(
            "back",
            pooling.backward(forward),
            Map.of(TARGET_GRADIENT, delta, WORKSPACE, places),
            SOURCE_GRADIENT);
    tape.copy("out", spread, tape.slot(gradient.layout()));
    try (Memory read = source.memory();
        Memory given = target.memory();
        Memory written = gradient.memory();
        Program program = tape.program();
        Scratch scratch = new Scratch();
        Execution execution = new Execution(program, () -> scratch)) {
      execution.run(read.address(), given.address(), written.address());
      written.floats().get(gradient.numbers());
    }
    float[] expected = new float[gradient.numbers().length];
    for (int window = 0; window < target.numbers().length; window++) {
      int corner = window / 6 * 35 + window % 6 / 3 * 14 + window % 3 * 2;
      int best = corner;
      for (int pixel : new int[] {corner + 1, corner + 7, corner + 8}) {
        best = source.numbers()[pixel] > source.numbers()[best] ? pixel : best;
      }
      expected[best] = target.numbers()[window];
    }
    assertThat(gradient.numbers()).containsExactly(expected);
  }

  @Test
  void sumsAddFurtherSourcesAndThenCutOff() {
    Layout images = Layout.of(DataType.F32, Order.BLOCKS_OF_16, 1, 16, 3, 3);
    Array[] sources = new Array[3];
    double[] expected = new double[16 * 9];
    for (int s = 0; s < 3; s++) {
      sources[s] = Array.random(s, 1, 16, 3, 3);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += sources[s].numbers()[i];
      }
    }
    expected = Loops.map(expected, x -> Math.max(x, 0));
    Array target = Array.zeros(1, 16, 3, 3);
    new OnePrimitive()
        .reads(SOURCE, sources[0])
        .reads(SECOND_SOURCE, sources[1])
        .reads(Argument.added(0), sources[2])
        .writes(TARGET, target)
        .run(
            new Binary(Binary.Kind.ADD, images, images)
                .forward(After.NOTHING.thenAdd(images).then(Function.RELU)));
    check(target, expected, FLOAT32);
    Array gradient = Array.zeros(1, 16, 3, 3);
    new OnePrimitive()
        .reads(TARGET, target)
        .reads(TARGET_GRADIENT, sources[0])
        .writes(SOURCE_GRADIENT, gradient)
        .run(Pointwise.reluBackward(images));
    for (int i = 0; i < expected.length; i++) {
      assertThat(gradient.numbers()[i]).isEqualTo(expected[i] > 0 ? sources[0].numbers()[i] : 0);
    }
  }

  @Test
  void blocksOfEightThatDontPairAreNotAdded() {
    Layout unpaired = Layout.of(DataType.F32, Order.BLOCKS_OF_8, 1, 24, 3, 3);
    Layout paired = Layout.of(DataType.F32, Order.BLOCKS_OF_8, 1, 32, 3, 3);
    assertThat(Binary.isSafe(paired)).isTrue();
    assertThat(Binary.isSafe(unpaired.in(Order.CHANNELS_LAST))).isTrue();
    assertThatThrownBy(() -> new Binary(Binary.Kind.ADD, unpaired, unpaired).forward(After.NOTHING))
        .isInstanceOf(OneDnnException.class)
        .hasMessage("ADD of F32 [1, 24, 3, 3]: its blocks of 8 channels don't come in pairs");
  }

  @Test
  void blocksOfEightThatDontPairAreAddedAsOneRow() {
    Layout unpaired = Layout.of(DataType.F32, Order.BLOCKS_OF_8, 1, 20, 3, 3);
    assertThat(Binary.safe(unpaired).dims()).containsExactly(24 * 9); // with the padding
    Layout paired = Layout.of(DataType.F32, Order.BLOCKS_OF_8, 1, 32, 3, 3);
    assertThat(Binary.safe(paired)).isEqualTo(paired);
  }

  @Test
  void functionsAndSoftmaxAreThoseOfTheirFormulas() {
    Array source = Array.random(1, 4, 6);
    Array target = Array.zeros(4, 6);
    double[] x = Loops.doubles(source.numbers());
    point(source, target, Function.SIGMOID);
    check(target, Loops.map(x, v -> 1 / (1 + Math.exp(-v))), FLOAT32);
    point(source, target, Function.SWISH);
    check(target, Loops.map(x, v -> v / (1 + Math.exp(-v))), FLOAT32);
    point(source, target, Function.TANH);
    check(target, Loops.map(x, Math::tanh), FLOAT32);
    point(source, target, Function.elu(0.5));
    check(target, Loops.map(x, v -> v > 0 ? v : 0.5 * Math.expm1(v)), FLOAT32);
    point(source, target, new Function(Function.Kind.BOUNDED_RELU, 1));
    check(target, Loops.map(x, v -> Math.min(Math.max(v, 0), 1)), FLOAT32);
    point(source, target, Function.IDENTITY);
    check(target, x, 0);
    new OnePrimitive()
        .reads(SOURCE, source)
        .writes(TARGET, target)
        .run(new Softmax(source.layout(), 1).forward(Purpose.INFERENCE));
    double[] expected = Loops.map(x, Math::exp);
    for (int row = 0; row < 4; row++) {
      double sum = 0;
      for (int i = 0; i < 6; i++) {
        sum += expected[row * 6 + i];
      }
      for (int i = 0; i < 6; i++) {
        expected[row * 6 + i] /= sum;
      }
    }
    check(target, expected, FLOAT32);
  }

  private static void point(Array source, Array target, Function function) {
    new OnePrimitive()
        .reads(SOURCE, source)
        .writes(TARGET, target)
        .run(new Pointwise(function, source.layout()).forward(Purpose.INFERENCE));
  }

  @Test
  void reorderMovesNumbersToTheirPlaces() {
    Array source = Array.random(1, 1, 20, 2, 3);
    Array target = Array.zeros(1, 2, 3, 20);
    Layout last = Layout.of(DataType.F32, Order.CHANNELS_LAST, source.dims());
    Tape tape = new Tape();
    try (Memory from = source.memory();
        Memory to = Memory.allocate(last);
        Scratch scratch = new Scratch()) {
      tape.copy("copy", Tensor.of(from), Tensor.of(to));
      try (Program program = tape.program();
          Execution execution = new Execution(program, () -> scratch)) {
        execution.run();
      }
      to.floats().get(target.numbers());
    }
    for (int i = 0; i < source.numbers().length; i++) {
      assertThat(target.numbers()[i % 6 * 20 + i / 6]).isEqualTo(source.numbers()[i]);
    }
    Layout piece = last.part(new long[] {1, 4, 2, 3}, new long[] {0, 16, 0, 0});
    assertThat(piece.dims()).containsExactly(1, 4, 2, 3);
    assertThat(piece).isNotEqualTo(piece.in(Order.CHANNELS_LAST));
  }
}
