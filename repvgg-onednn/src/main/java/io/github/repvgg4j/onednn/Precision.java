package io.github.repvgg4j.onednn;

import java.util.Arrays;
import java.util.Locale;

/** The arithmetic of the convolutions; sums are kept in 32 bits in all. */
public enum Precision {
  /** 32-bit floating point throughout. */
  FP32(DataType.F32),
  /** 16-bit brain floating point, half the memory; fast where the CPU has AVX512-BF16. */
  BF16(DataType.BF16),
  /**
   * 8-bit integers, a quarter of the memory, for inference with a network that was quantised; fast
   * where the CPU has VNNI. What is not in integers is float32.
   */
  INT8(DataType.F32);

  private final DataType type;

  Precision(DataType type) {
    this.type = type;
  }

  /**
   * @param text {@code fp32}, {@code bf16} or {@code int8}, in any case
   * @throws IllegalArgumentException for anything else
   */
  public static Precision of(String text) {
    for (Precision precision : values()) {
      if (precision.name().equalsIgnoreCase(text)) {
        return precision;
      }
    }
    throw new IllegalArgumentException(
        "precision: must be one of " + Arrays.toString(values()) + ", got " + text);
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Of activations, and of the weights' working copies; in INT8 of those that are no codes. */
  public DataType type() {
    return type;
  }
}
