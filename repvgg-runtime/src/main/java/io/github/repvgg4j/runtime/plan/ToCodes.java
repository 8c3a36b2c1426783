package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.primitive.After;
import io.github.repvgg4j.onednn.primitive.Function;
import java.util.Optional;

/**
 * From a sum to what is written: one factor before the function that follows, so that a ReLU needs
 * no further multiplication.
 *
 * @param type of what is written
 * @param step what the sum is divided by, beside its own scale
 * @param after the function, on numbers divided by {@code step}, and what is left to do
 * @param zeroPoint added at the end
 */
record ToCodes(DataType type, float step, After after, int zeroPoint) {

  /**
   * @param to empty for real numbers
   */
  static ToCodes of(Function function, Optional<Codes> to) {
    if (to.isEmpty()) {
      return new ToCodes(DataType.F32, 1, After.of(function), 0);
    }
    Codes codes = to.get();
    float scale = codes.scale();
    DataType type = NodeTensors.type(codes);
    int zero = codes.zeroPoint();
    return switch (function.kind()) {
      case LINEAR, RELU -> new ToCodes(type, scale, After.of(function), zero);
      case BOUNDED_RELU -> {
        Function bounded = new Function(function.kind(), function.alpha() / scale);
        yield new ToCodes(type, scale, After.of(bounded), zero);
      }
      case ELU, SIGMOID, TANH, SWISH ->
          new ToCodes(type, 1, After.of(function).thenScale(1 / scale), zero);
    };
  }

  /** What sums of products of codes are multiplied by: one for each output. */
  float[] factors(QuantizedLayer layer, Codes read) {
    float[] factors = new float[layer.out()];
    for (int o = 0; o < factors.length; o++) {
      factors[o] = (float) ((double) read.scale() * layer.weightScales()[o] / step);
    }
    return factors;
  }
}
