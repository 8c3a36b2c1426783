package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.RgbImage;

/**
 * The operations of the learned and random policies, as torchvision 0.14 applies them to Pillow
 * images ({@code transforms/autoaugment.py}, {@code _apply_op}; interpolation nearest). Without
 * chance: what an operation does follows from image and magnitude.
 */
public enum PolicyOp {
  IDENTITY(Strength.NONE),
  /** Rows move by magnitude times their number. */
  SHEAR_X(Strength.SIGNED),
  /** Columns move by magnitude times their number. */
  SHEAR_Y(Strength.SIGNED),
  /** Magnitude in pixels, to the right; fractions are cut off. */
  TRANSLATE_X(Strength.SIGNED),
  /** Magnitude in pixels, downwards; fractions are cut off. */
  TRANSLATE_Y(Strength.SIGNED),
  /** Magnitude in degrees, against the clock, about the centre. */
  ROTATE(Strength.SIGNED),
  /** Factor 1 + magnitude. */
  BRIGHTNESS(Strength.SIGNED),
  /** Factor 1 + magnitude of the saturation. */
  COLOR(Strength.SIGNED),
  /** Factor 1 + magnitude. */
  CONTRAST(Strength.SIGNED),
  /** Factor 1 + magnitude: below 1 blurred, above 1 sharpened. */
  SHARPNESS(Strength.SIGNED),
  /** Magnitude is the number of bits kept, 1 to 8. */
  POSTERIZE(Strength.UNSIGNED),
  /** Magnitude is the value from which on values are inverted. */
  SOLARIZE(Strength.UNSIGNED),
  AUTO_CONTRAST(Strength.NONE),
  EQUALIZE(Strength.NONE),
  INVERT(Strength.NONE);

  /** Whether an operation has a magnitude, and with either sign. */
  public enum Strength {
    NONE,
    UNSIGNED,
    SIGNED
  }

  private final Strength strength;

  PolicyOp(Strength strength) {
    this.strength = strength;
  }

  public Strength strength() {
    return strength;
  }

  /**
   * @param fill colour of what comes from outside the image: red, green, blue
   * @return a new image of the same size, or the given one where nothing changes
   */
  public RgbImage apply(RgbImage image, double magnitude, byte[] fill) {
    double factor = 1 + magnitude;
    return switch (this) {
      case IDENTITY -> image;
      case SHEAR_X -> new Affine(1, magnitude, 0, 0, 1, 0).sample(image, fill);
      case SHEAR_Y -> new Affine(1, 0, 0, magnitude, 1, 0).sample(image, fill);
      case TRANSLATE_X -> new Affine(1, 0, -(int) magnitude, 0, 1, 0).sample(image, fill);
      case TRANSLATE_Y -> new Affine(1, 0, 0, 0, 1, -(int) magnitude).sample(image, fill);
      case ROTATE -> Affine.rotation(magnitude, image.width(), image.height()).sample(image, fill);
      case BRIGHTNESS -> ColourJitter.brightness(image, factor);
      case COLOR -> ColourJitter.saturation(image, factor);
      case CONTRAST -> ColourJitter.contrast(image, factor);
      case SHARPNESS -> Sharpness.adjust(image, factor);
      case POSTERIZE -> Levels.posterize(image, (int) magnitude);
      case SOLARIZE -> Levels.solarize(image, magnitude);
      case AUTO_CONTRAST -> Levels.autoContrast(image);
      case EQUALIZE -> Levels.equalize(image);
      case INVERT -> Levels.solarize(image, 0);
    };
  }
}
