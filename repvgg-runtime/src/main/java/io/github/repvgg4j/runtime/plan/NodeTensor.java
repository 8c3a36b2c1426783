package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.archive.quantized.Codes;
import java.util.Optional;

/**
 * What a node gave.
 *
 * @param dims {@code [N, C, H, W]}, or {@code [N, classes]} of a dense layer
 * @param codes how its numbers are written; empty where they stand for themselves
 * @param numbers in C order; whole numbers where they are codes
 */
@SuppressWarnings("ArrayRecordComponent")
public record NodeTensor(long[] dims, Optional<Codes> codes, float[] numbers) {

  /** The numbers, or what the codes stand for; not to be changed. */
  public float[] real() {
    if (codes.isEmpty()) {
      return numbers;
    }
    Codes how = codes.get();
    float[] real = new float[numbers.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = how.scale() * (numbers[i] - how.zeroPoint());
    }
    return real;
  }
}
