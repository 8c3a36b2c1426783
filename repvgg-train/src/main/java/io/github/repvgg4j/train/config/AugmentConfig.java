package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.Augmentation;
import io.github.repvgg4j.data.ColourJitter;
import io.github.repvgg4j.model.InputShape;
import java.util.ArrayList;
import java.util.List;

/**
 * Random changes of training images, in this order: crop, flip, colour, cutout.
 *
 * @param crop none, padded or resized
 * @param padding pixels on each side, for crop: padded
 * @param fill of the padding: black or reflect
 * @param minScale smallest share of the area, for crop: resized
 * @param flip none, random or alternating
 * @param colourJitter brightness, contrast and saturation
 * @param cutout side of the covered square in pixels, 0 for none
 */
public record AugmentConfig(
    Crop crop,
    Integer padding,
    Augmentation.PaddedCrop.Fill fill,
    Double minScale,
    Flip flip,
    JitterConfig colourJitter,
    Integer cutout) {

  static final AugmentConfig NONE = new AugmentConfig(null, null, null, null, null, null, null);

  /** How training images are cut. */
  public enum Crop {
    NONE,
    PADDED,
    RESIZED
  }

  /** Whether training images are mirrored. */
  public enum Flip {
    NONE,
    RANDOM,
    ALTERNATING
  }

  /**
   * @param brightness factor from 1 - x to 1 + x
   * @param contrast factor from 1 - x to 1 + x
   * @param saturation factor from 1 - x to 1 + x
   */
  public record JitterConfig(Double brightness, Double contrast, Double saturation) {
    public JitterConfig {
      brightness = Check.within(0, 1.0001, "brightness", brightness, 0);
      contrast = Check.within(0, 1.0001, "contrast", contrast, 0);
      saturation = Check.within(0, 1.0001, "saturation", saturation, 0);
    }
  }

  public AugmentConfig {
    crop = Check.orElse(crop, Crop.NONE);
    padding = Check.atLeast(1, "padding", padding, 4);
    fill = Check.orElse(fill, Augmentation.PaddedCrop.Fill.BLACK);
    minScale = Check.within(1e-6, 1.0001, "minScale", minScale, 0.08);
    flip = Check.orElse(flip, Flip.NONE);
    cutout = Check.atLeast(0, "cutout", cutout, 0);
  }

  /** What the loader is to do. */
  public List<Augmentation> augmentations(InputShape input, Preprocessing preprocessing) {
    List<Augmentation> list = new ArrayList<>();
    switch (crop) {
      case NONE -> {}
      case PADDED -> list.add(new Augmentation.PaddedCrop(padding, fill));
      case RESIZED ->
          list.add(
              new Augmentation.ResizedCrop(Math.min(1, minScale), input.width(), input.height()));
    }
    switch (flip) {
      case NONE -> {}
      case RANDOM -> list.add(new Augmentation.Flip(Augmentation.Flip.Mode.RANDOM));
      case ALTERNATING -> list.add(new Augmentation.Flip(Augmentation.Flip.Mode.ALTERNATING));
    }
    if (colourJitter != null) {
      list.add(
          new ColourJitter(
              Math.min(1, colourJitter.brightness),
              Math.min(1, colourJitter.contrast),
              Math.min(1, colourJitter.saturation)));
    }
    if (cutout > 0) {
      list.add(
          new Augmentation.Erase(
              cutout, mean(preprocessing, 0), mean(preprocessing, 1), mean(preprocessing, 2)));
    }
    return list;
  }

  private static int mean(Preprocessing preprocessing, int channel) {
    int last = preprocessing.mean().size() - 1;
    return (int) Math.round(preprocessing.mean().get(Math.min(channel, last)) * 255);
  }
}
