package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Convolution;
import io.github.repvgg4j.onednn.primitive.Primitive;
import io.github.repvgg4j.runtime.graph.FastLayer;
import java.util.Optional;

/** oneDNN's primitives of a convolution, its layouts left to oneDNN. */
final class ConvolutionPrimitives {

  private ConvolutionPrimitives() {}

  /**
   * @param source {@code [N, in, H, W]}
   * @param result data type of what it writes
   */
  static Primitive of(
      FastLayer.Convolution layer, long[] source, DataType type, DataType result, Kernel kernel) {
    Layout weights = Layout.any(type, layer.arrays().get(1));
    Layout bias = Layout.plain(DataType.F32, layer.out());
    Layout target = Layout.any(result, layer.window().output(layer.where(), source, layer.out()));
    return new Convolution(
            Layout.any(type, source),
            weights,
            bias,
            target,
            layer.window().over(source),
            kernel.algorithm())
        .forward(kernel.purpose(), After.of(layer.after()));
  }

  /** Whose roundings it has, with this kernel. */
  static Arithmetic arithmetic(FastLayer.Convolution layer, long[] source, Kernel kernel) {
    Optional<Primitive> found =
        kernel == Kernel.DIRECT ? Optional.empty() : winograd(layer, source, kernel);
    try (Primitive primitive = found.orElse(null)) {
      if (primitive == null) {
        return Arithmetic.DIRECT;
      }
      return primitive.implementation().contains("2x3")
          ? Arithmetic.WINOGRAD_2
          : Arithmetic.WINOGRAD_4;
    }
  }

  /** In float32; empty where oneDNN has no code for it here. The caller closes it. */
  static Optional<Primitive> winograd(FastLayer.Convolution layer, long[] source, Kernel kernel) {
    if (layer.window().kernel() != 3 || layer.window().stride() != 1 || layer.groups() != 1) {
      return Optional.empty();
    }
    try {
      Primitive primitive = of(layer, source, DataType.F32, DataType.F32, kernel);
      if (primitive.isWinograd()) {
        return Optional.of(primitive);
      }
      primitive.close();
      return Optional.empty();
    } catch (OneDnnException e) {
      return Optional.empty();
    }
  }
}
