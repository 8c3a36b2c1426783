package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.archive.quantized.Codes;

/**
 * A tensor as nodes of a quantised network hand it on.
 *
 * @param numbers {@code [batch, C, H, W]}: codes less their zero point, or real numbers
 * @param codes what the numbers stand for; null for real numbers
 */
@SuppressWarnings("ArrayRecordComponent")
public record Coded(float[] numbers, Codes codes) {

  /** Real numbers. */
  public static Coded real(float[] numbers) {
    return new Coded(numbers, null);
  }

  /** The codes of real numbers, halves to even. */
  public static Coded of(float[] real, Codes codes) {
    float[] numbers = new float[real.length];
    float inverse = 1 / codes.scale();
    float least = codes.type().smallest() - codes.zeroPoint();
    float most = codes.type().largest() - codes.zeroPoint();
    for (int i = 0; i < real.length; i++) {
      float code = (float) Math.rint(real[i] * inverse);
      numbers[i] = Math.min(Math.max(code, least), most);
    }
    return new Coded(numbers, codes);
  }

  /** The real numbers that it stands for. */
  public float[] real() {
    if (codes == null) {
      return numbers;
    }
    float[] real = new float[numbers.length];
    for (int i = 0; i < real.length; i++) {
      real[i] = numbers[i] * codes.scale();
    }
    return real;
  }
}
