package io.github.repvgg4j.data.augment;

/** How strong an operation of a policy is at a step of its scale (torchvision 0.14, float32). */
public enum MagnitudeRange {
  /** Of AutoAugment and RandAugment. */
  USUAL(0.3f, 30, 0.9f, 4),
  /** Of TrivialAugment. */
  WIDE(0.99f, 135, 0.99f, 6);

  private static final double TRANSLATION_SHARE = 150.0 / 331.0;
  private static final float WIDE_TRANSLATION = 32;

  private final float shear;
  private final float degrees;
  private final float colour;
  private final int bits;

  MagnitudeRange(float shear, float degrees, float colour, int bits) {
    this.shear = shear;
    this.degrees = degrees;
    this.colour = colour;
    this.bits = bits;
  }

  /**
   * @param step 0 to {@code steps - 1}
   * @param width of the image, pixels
   * @param height of the image, pixels
   * @return the magnitude without sign; 0 for operations without one
   */
  public double at(PolicyOp op, int step, int steps, int width, int height) {
    return switch (op) {
      case SHEAR_X, SHEAR_Y -> line(0, shear, step, steps);
      case TRANSLATE_X -> line(0, translation(width), step, steps);
      case TRANSLATE_Y -> line(0, translation(height), step, steps);
      case ROTATE -> line(0, degrees, step, steps);
      case BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> line(0, colour, step, steps);
      case POSTERIZE -> 8 - (int) Math.rint(step / ((steps - 1) / (float) bits));
      case SOLARIZE -> line(255, 0, step, steps);
      case IDENTITY, AUTO_CONTRAST, EQUALIZE, INVERT -> 0;
    };
  }

  private float translation(int side) {
    return this == WIDE ? WIDE_TRANSLATION : (float) (TRANSLATION_SHARE * side);
  }

  /** {@code torch.linspace}, which counts from both ends. */
  private static float line(float from, float to, int step, int steps) {
    float width = (to - from) / (steps - 1);
    return step < steps / 2 ? from + width * step : to - width * (steps - 1 - step);
  }
}
