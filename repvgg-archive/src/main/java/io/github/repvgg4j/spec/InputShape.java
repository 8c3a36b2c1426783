package io.github.repvgg4j.spec;

/**
 * The shape of one input image, {@code [C, H, W]}.
 *
 * @param channels colour channels, 3 for RGB
 * @param height pixels
 * @param width pixels
 */
public record InputShape(int channels, int height, int width) {

  public InputShape {
    SpecChecks.positive("input channels", channels);
    SpecChecks.positive("input height", height);
    SpecChecks.positive("input width", width);
  }

  /** An RGB image with equal sides. */
  public static InputShape square(int side) {
    return new InputShape(3, side, side);
  }

  @Override
  public String toString() {
    return "[" + channels + ", " + height + ", " + width + "]";
  }
}
