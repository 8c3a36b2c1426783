package io.github.repvgg4j.data.augment;

import io.github.repvgg4j.data.image.Resampling;
import io.github.repvgg4j.data.image.RgbImage;

/**
 * One random change of a training image. Definitions follow torchvision 0.14 unless said otherwise;
 * sizes are in pixels of the network's input.
 */
public sealed interface Augmentation
    permits Augmentation.Flip,
        Augmentation.PaddedCrop,
        Augmentation.ResizedCrop,
        Augmentation.Erase,
        AugmentPolicy,
        ColourJitter,
        RandomErasing {

  /** The changed image; the given one stays as it is. */
  RgbImage apply(RgbImage image, Draw draw);

  /**
   * Mirrors left and right.
   *
   * @param mode by chance (one half), or in turns
   */
  record Flip(Mode mode) implements Augmentation {

    /** When an image is mirrored. */
    public enum Mode {
      /** With probability one half. */
      RANDOM,
      /** Every second epoch, half of the images in each. */
      ALTERNATING
    }

    @Override
    public RgbImage apply(RgbImage image, Draw draw) {
      boolean flip = mode == Mode.RANDOM ? draw.chance(0.5) : draw.alternate();
      return flip ? Pixels.mirror(image) : image;
    }
  }

  /**
   * Pads all sides and cuts a part of the old size out of that.
   *
   * @param padding pixels on each side
   * @param fill what the border consists of
   */
  record PaddedCrop(int padding, Fill fill) implements Augmentation {

    /** What lies outside the image. */
    public enum Fill {
      /** Black. */
      BLACK,
      /** The image mirrored at its border pixel. */
      REFLECT
    }

    public PaddedCrop {
      if (padding < 1) {
        throw new IllegalArgumentException("padding: must be at least 1, got " + padding);
      }
    }

    @Override
    public RgbImage apply(RgbImage image, Draw draw) {
      int left = draw.integer(2 * padding + 1) - padding;
      int top = draw.integer(2 * padding + 1) - padding;
      return fill == Fill.BLACK
          ? image.crop(left, top, image.width(), image.height())
          : Pixels.shiftReflected(image, left, top);
    }
  }

  /**
   * A part with random area and proportions (3/4 to 4/3), resized to the network's input.
   *
   * @param minScale smallest share of the area; ImageNet: 0.08
   * @param width pixels of the result
   * @param height pixels of the result
   */
  record ResizedCrop(double minScale, int width, int height) implements Augmentation {

    private static final int TRIES = 10;
    private static final double MIN_RATIO = 3.0 / 4;
    private static final double MAX_RATIO = 4.0 / 3;

    public ResizedCrop {
      if (!(minScale > 0 && minScale <= 1)) {
        throw new IllegalArgumentException("minScale: must be in (0, 1], got " + minScale);
      }
    }

    @Override
    public RgbImage apply(RgbImage image, Draw draw) {
      double area = (double) image.width() * image.height();
      for (int i = 0; i < TRIES; i++) {
        double target = area * draw.uniform(minScale, 1);
        double ratio = Math.exp(draw.uniform(Math.log(MIN_RATIO), Math.log(MAX_RATIO)));
        int w = (int) Math.rint(Math.sqrt(target * ratio));
        int h = (int) Math.rint(Math.sqrt(target / ratio));
        if (w > 0 && h > 0 && w <= image.width() && h <= image.height()) {
          int top = draw.integer(image.height() - h + 1);
          int left = draw.integer(image.width() - w + 1);
          return Resampling.resize(image.crop(left, top, w, h), width, height);
        }
      }
      return Resampling.resize(centre(image), width, height);
    }

    private static RgbImage centre(RgbImage image) {
      double ratio = (double) image.width() / image.height();
      int w = image.width();
      int h = image.height();
      if (ratio < MIN_RATIO) {
        h = (int) Math.rint(w / MIN_RATIO);
      } else if (ratio > MAX_RATIO) {
        w = (int) Math.rint(h * MAX_RATIO);
      }
      return image.crop((image.width() - w) / 2, (image.height() - h) / 2, w, h);
    }
  }

  /**
   * Covers a square at a random place with the mean colour (DeVries and Taylor 2017, Cutout: the
   * centre is anywhere, so part of the square may lie outside).
   *
   * @param side of the square, pixels
   * @param red mean, 0 to 255
   * @param green mean, 0 to 255
   * @param blue mean, 0 to 255
   */
  record Erase(int side, int red, int green, int blue) implements Augmentation {

    public Erase {
      if (side < 1) {
        throw new IllegalArgumentException("cutout: must be at least 1, got " + side);
      }
    }

    @Override
    public RgbImage apply(RgbImage image, Draw draw) {
      int left = draw.integer(image.width()) - side / 2;
      int top = draw.integer(image.height()) - side / 2;
      byte[] colour = {(byte) red, (byte) green, (byte) blue};
      return Pixels.covered(image, left, top, side, colour);
    }
  }
}
