package io.github.repvgg4j.accelerate.chain;

import static io.github.repvgg4j.onednn.primitive.Argument.SECOND_SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE;
import static io.github.repvgg4j.onednn.primitive.Argument.SOURCE_GRADIENT;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET;
import static io.github.repvgg4j.onednn.primitive.Argument.TARGET_GRADIENT;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Binary;
import io.github.repvgg4j.onednn.primitive.Pooling;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The calls of one squeeze-and-excitation: every channel times its gate. */
final class GateWriter {

  private final String name;
  private final Tape tape;
  private final List<HostStep> hostSteps;
  private final GateMath math;
  private final Tensor source;
  private final Layout image;
  private final Pooling pooling;
  private final Primitive pooled;
  private final Function<INDArray, Tensor> views;
  private Tensor gate;

  /**
   * @param views {@code [N, C]} arrays of ND4J's as {@code [N, C, 1, 1]}
   * @param hostSteps added to
   */
  GateWriter(
      ChainNode.Gate node,
      GateMath math,
      Tensor source,
      Layout vectors,
      Tape tape,
      Function<INDArray, Tensor> views,
      List<HostStep> hostSteps) {
    this.name = node.name();
    this.math = math;
    this.source = source;
    this.image = source.layout();
    this.tape = tape;
    this.views = views;
    this.hostSteps = hostSteps;
    long[] dims = source.dims();
    this.pooling =
        new Pooling(Pooling.Kind.AVERAGE, image, vectors, Window.whole(dims[2], dims[3]));
    this.pooled = pooling.forward(Purpose.TRAINING);
  }

  static Layout vectors(ChainLayout layout, Tensor source) {
    return layout.of(source.dims()[0], source.dims()[1], 1, 1);
  }

  static Layout plain(long[] dims) {
    return Layout.plain(DataType.F32, dims[0], dims[1], 1, 1);
  }

  /** The product, in new memory. */
  Tensor forward() {
    tape.write(name, pooled, Map.of(SOURCE, source), Map.of(TARGET, views.apply(math.means())));
    hostSteps.add(new HostStep(tape.size(), math::forward));
    gate = tape.in(pooling.target(), name, views.apply(math.gate()));
    return product(source, gate);
  }

  private Tensor product(Tensor first, Tensor second) {
    Primitive times =
        new Binary(Binary.Kind.MULTIPLY, first.layout(), second.layout()).forward(After.NOTHING);
    return tape.result(name, times, Map.of(SOURCE, first, SECOND_SOURCE, second));
  }

  /** The shares of the source's gradient: through the product, and through the gate. */
  List<Tensor> backward(Tensor delta) {
    tape.write(
        name,
        pooling.forward(Purpose.INFERENCE),
        Map.of(SOURCE, product(delta, source)),
        Map.of(TARGET, views.apply(math.gateGradient())));
    hostSteps.add(new HostStep(tape.size(), math::backward));
    Tensor means = tape.in(pooling.target(), name, views.apply(math.meansGradient()));
    return List.of(
        product(delta, gate),
        tape.result(
            name, pooling.backward(pooled), Map.of(TARGET_GRADIENT, means), SOURCE_GRADIENT));
  }
}
