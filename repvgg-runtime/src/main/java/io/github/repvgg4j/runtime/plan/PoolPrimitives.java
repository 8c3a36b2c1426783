package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.primitive.Argument;
import io.github.repvgg4j.onednn.primitive.Pooling;
import io.github.repvgg4j.onednn.primitive.Pooling.Kind;
import io.github.repvgg4j.onednn.primitive.Purpose;
import io.github.repvgg4j.onednn.primitive.Window;
import io.github.repvgg4j.onednn.program.Tape;
import io.github.repvgg4j.onednn.program.Tensor;
import io.github.repvgg4j.runtime.graph.FastLayer;
import java.util.Map;

/** Maxima and averages of windows, and of whole images. */
final class PoolPrimitives {

  private final Tape tape;

  PoolPrimitives(Tape tape) {
    this.tape = tape;
  }

  /** The average of each channel: {@code [N, C, 1, 1]}. */
  Tensor global(String name, Tensor read) {
    long[] shape = read.dims();
    long[] output = {shape[0], shape[1], 1, 1};
    return pool(name, Kind.AVERAGE, read, output, Window.whole(shape[2], shape[3]));
  }

  Tensor windows(FastLayer.Pool layer, Tensor read) {
    long[] shape = read.dims();
    return pool(
        layer.where(),
        layer.kind() == FastLayer.Pool.Kind.MAX ? Kind.MAXIMUM : Kind.AVERAGE,
        read,
        layer.window().output(layer.where(), shape, (int) shape[1]),
        layer.window().over(shape));
  }

  private Tensor pool(String name, Kind kind, Tensor read, long[] output, Window window) {
    Layout target = Layout.any(read.layout().type(), output);
    Pooling pooling = new Pooling(kind, read.layout(), target, window);
    return tape.result(name, pooling.forward(Purpose.INFERENCE), Map.of(Argument.SOURCE, read));
  }
}
