package io.github.repvgg4j.serve.batch;

/** Whether what goes into a network, and what comes out of it, is numbers. */
public final class FiniteFloats {

  private FiniteFloats() {}

  /** What isn't finite is no number times 0. Four sums, as one would wait for each addition. */
  public static boolean all(float[] values) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int whole = values.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      a += values[i] * 0f;
      b += values[i + 1] * 0f;
      c += values[i + 2] * 0f;
      d += values[i + 3] * 0f;
    }
    for (int i = whole; i < values.length; i++) {
      a += values[i] * 0f;
    }
    return a + b + c + d == 0;
  }
}
