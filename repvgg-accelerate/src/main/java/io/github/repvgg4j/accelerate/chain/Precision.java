package io.github.repvgg4j.accelerate.chain;

import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.dnnl.memory;

/**
 * Number format of activations and of the weights' working copies; sums and parameters are float32.
 */
public enum Precision {
  /** Float32 throughout. */
  FP32,
  /** bfloat16: 8 bits of mantissa, half the memory; fast on CPUs with AVX512-BF16. */
  BF16;

  /**
   * @param text {@code fp32} or {@code bf16}, in any case
   * @throws IllegalArgumentException for anything else
   */
  public static Precision of(String text) {
    for (Precision precision : values()) {
      if (precision.toString().equalsIgnoreCase(text)) {
        return precision;
      }
    }
    throw new IllegalArgumentException(
        "precision: must be one of " + Arrays.toString(values()) + ", got " + text);
  }

  memory.data_type type() {
    return this == BF16 ? memory.data_type.bf16 : memory.data_type.f32;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
