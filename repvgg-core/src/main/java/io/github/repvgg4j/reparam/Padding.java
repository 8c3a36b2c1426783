package io.github.repvgg4j.reparam;

/** Zeros around the input, on one axis. */
public sealed interface Padding {

  /** No padding. */
  Padding NONE = new Fixed(0, 0);

  /**
   * The same number of zeros for every input.
   *
   * @param before pixels at the top or left
   * @param after pixels at the bottom or right
   */
  record Fixed(int before, int after) implements Padding {

    public Fixed {
      if (before < 0 || after < 0) {
        throw new IllegalArgumentException(
            "padding: must not be negative, got " + before + " and " + after);
      }
    }
  }

  /**
   * DL4J's {@code ConvolutionMode.Same}: as many zeros as make the output {@code ceil(input /
   * stride)} long, the odd one after. With a stride above 1 the number depends on the input size.
   */
  record SameBySize() implements Padding {}
}
