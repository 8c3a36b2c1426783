package io.github.repvgg4j.archive.quantized;

/**
 * How one tensor is written in 8 bits: {@code real = scale * (code - zeroPoint)}, and {@code code =
 * clamp(rint(real / scale) + zeroPoint)} with halves to even (Jacob et al., arXiv 1712.05877).
 *
 * @param type of a code
 * @param scale one step, finite and greater than 0
 * @param zeroPoint the code of 0: 0, or 128 for images in U8
 */
public record Codes(Type type, float scale, int zeroPoint) {

  /** Of a code. */
  public enum Type {
    /** 0 to 255. */
    U8(0, 255),
    /** -128 to 127. */
    S8(-128, 127);

    private final int smallest;
    private final int largest;

    Type(int smallest, int largest) {
      this.smallest = smallest;
      this.largest = largest;
    }

    public int smallest() {
      return smallest;
    }

    public int largest() {
      return largest;
    }
  }

  /**
   * @throws IllegalArgumentException one line: a scale that is not finite or not greater than 0, a
   *     zero point that is no code
   */
  public Codes {
    if (!(scale > 0) || !Float.isFinite(scale) || scale < Float.MIN_NORMAL) {
      throw new IllegalArgumentException(
          "scale: must be a normal number greater than 0, got " + scale);
    }
    if (zeroPoint < type.smallest || zeroPoint > type.largest) {
      throw new IllegalArgumentException(
          "zeroPoint: must be a code, "
              + type.smallest
              + " to "
              + type.largest
              + ", got "
              + zeroPoint);
    }
  }
}
