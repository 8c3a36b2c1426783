package io.github.repvgg4j.deploy.quantize.weight;

/** Turns the weights of one output channel into integers. */
@FunctionalInterface
public interface WeightRounding {

  /** Each to the nearest, halves to even. */
  WeightRounding NEAREST =
      (weights, from, to, scale, limit, codes) -> {
        for (int i = from; i < to; i++) {
          codes[i] = code(weights[i] / scale, limit);
        }
      };

  /**
   * Rounds.
   *
   * @param weights of all output channels; {@code from} to {@code to - 1} are this one's
   * @param scale one step
   * @param limit largest magnitude of an integer
   * @param codes where they go, in the same places
   */
  void round(float[] weights, int from, int to, double scale, int limit, byte[] codes);

  /** The integer nearest to a number. */
  static byte code(double steps, int limit) {
    return (byte) Math.min(Math.max(Math.rint(steps), -limit), limit);
  }
}
