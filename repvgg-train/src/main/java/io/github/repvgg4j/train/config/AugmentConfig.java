package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.AugmentPolicy;
import io.github.repvgg4j.data.Augmentation;
import io.github.repvgg4j.data.ColourJitter;
import io.github.repvgg4j.data.RandomErasing;
import io.github.repvgg4j.model.InputShape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Random changes of training images, in this order: crop, flip, policy, colour, cutout, erasing.
 *
 * @param crop none, padded or resized
 * @param padding pixels on each side, for crop: padded
 * @param fill of the padding: black or reflect
 * @param minScale smallest share of the area, for crop: resized
 * @param flip none, random or alternating
 * @param policy a published policy of operations, or none
 * @param policyOps operations an image, for policy: randaugment
 * @param policyMagnitude their strength, 0 to 30, for policy: randaugment
 * @param policyFill what geometric operations bring in from outside: black or mean
 * @param colourJitter brightness, contrast, saturation and hue
 * @param cutout side of the covered square in pixels, 0 for none
 * @param erasing random rectangles
 */
public record AugmentConfig(
    Crop crop,
    Integer padding,
    Augmentation.PaddedCrop.Fill fill,
    Double minScale,
    Flip flip,
    Policy policy,
    Integer policyOps,
    Integer policyMagnitude,
    PolicyFill policyFill,
    JitterConfig colourJitter,
    Integer cutout,
    ErasingConfig erasing) {

  static final AugmentConfig NONE =
      new AugmentConfig(null, null, null, null, null, null, null, null, null, null, null, null);

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

  /** Published policies of operations, {@link AugmentPolicy}. */
  public enum Policy {
    NONE,
    RANDAUGMENT,
    TRIVIALAUGMENT,
    AUTOAUGMENT_CIFAR,
    AUTOAUGMENT_IMAGENET
  }

  /** What lies outside the image for a policy's geometric operations. */
  public enum PolicyFill {
    BLACK,
    MEAN
  }

  /**
   * torchvision's RandomErasing.
   *
   * @param probability of an image to be touched
   * @param minScale smallest share of the area
   * @param maxScale largest share of the area
   * @param value mean or noise
   */
  public record ErasingConfig(
      Double probability, Double minScale, Double maxScale, RandomErasing.Value value) {
    public ErasingConfig {
      probability = Check.within(0, 1.0001, "probability", probability, 0.5);
      minScale = Check.within(1e-6, 1.0001, "minScale", minScale, 0.02);
      maxScale = Check.within(1e-6, 1.0001, "maxScale", maxScale, 0.33);
      value = Check.orElse(value, RandomErasing.Value.MEAN);
      erasing(probability, minScale, maxScale, value, Preprocessing.IMAGENET);
    }

    static RandomErasing erasing(
        double probability,
        double minScale,
        double maxScale,
        RandomErasing.Value value,
        Preprocessing preprocessing) {
      return new RandomErasing(
          Math.min(1, probability),
          Math.min(1, minScale),
          Math.min(1, maxScale),
          value,
          rgb(preprocessing.mean()),
          rgb(preprocessing.std()));
    }

    RandomErasing erasing(Preprocessing preprocessing) {
      return erasing(probability, minScale, maxScale, value, preprocessing);
    }
  }

  /**
   * @param brightness factor from 1 - x to 1 + x
   * @param contrast factor from 1 - x to 1 + x
   * @param saturation factor from 1 - x to 1 + x
   * @param hue shift from -x to x of the circle, at most 0.5
   */
  public record JitterConfig(Double brightness, Double contrast, Double saturation, Double hue) {
    public JitterConfig {
      brightness = Check.within(0, 1.0001, "brightness", brightness, 0);
      contrast = Check.within(0, 1.0001, "contrast", contrast, 0);
      saturation = Check.within(0, 1.0001, "saturation", saturation, 0);
      hue = Check.within(0, 0.50001, "hue", hue, 0);
    }
  }

  public AugmentConfig {
    crop = Check.orElse(crop, Crop.NONE);
    padding = Check.atLeast(1, "padding", padding, 4);
    fill = Check.orElse(fill, Augmentation.PaddedCrop.Fill.BLACK);
    minScale = Check.within(1e-6, 1.0001, "minScale", minScale, 0.08);
    flip = Check.orElse(flip, Flip.NONE);
    policy = Check.orElse(policy, Policy.NONE);
    policyOps = Check.atLeast(1, "policyOps", policyOps, 2);
    policyMagnitude = Check.atLeast(0, "policyMagnitude", policyMagnitude, 9);
    if (policyMagnitude > 30) {
      throw new IllegalArgumentException(
          "policyMagnitude: must be in 0 to 30, got " + policyMagnitude);
    }
    policyFill = Check.orElse(policyFill, PolicyFill.BLACK);
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
    if (policy != Policy.NONE) {
      list.add(policy(preprocessing));
    }
    if (colourJitter != null) {
      list.add(
          new ColourJitter(
              Math.min(1, colourJitter.brightness),
              Math.min(1, colourJitter.contrast),
              Math.min(1, colourJitter.saturation),
              Math.min(0.5, colourJitter.hue)));
    }
    if (cutout > 0) {
      list.add(
          new Augmentation.Erase(
              cutout, mean(preprocessing, 0), mean(preprocessing, 1), mean(preprocessing, 2)));
    }
    if (erasing != null) {
      list.add(erasing.erasing(preprocessing));
    }
    return list;
  }

  private AugmentPolicy policy(Preprocessing preprocessing) {
    boolean black = policyFill == PolicyFill.BLACK;
    return new AugmentPolicy(
        AugmentPolicy.Kind.valueOf(policy.name()),
        policyOps,
        policyMagnitude,
        black ? 0 : mean(preprocessing, 0),
        black ? 0 : mean(preprocessing, 1),
        black ? 0 : mean(preprocessing, 2));
  }

  private static int mean(Preprocessing preprocessing, int channel) {
    return (int) Math.round(rgb(preprocessing.mean()).get(channel) * 255);
  }

  /** A grey network's only number stands for all three. */
  private static List<Double> rgb(List<Double> values) {
    return values.size() == 1 ? Collections.nCopies(3, values.get(0)) : values;
  }
}
