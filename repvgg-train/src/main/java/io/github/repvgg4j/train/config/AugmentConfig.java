package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.augment.AugmentPolicy;
import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.ColourJitter;
import io.github.repvgg4j.data.augment.RandomErasing;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
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
    @Limit(min = 1) Integer padding,
    Augmentation.PaddedCrop.Fill fill,
    @Limit(min = 1e-6, max = 1) Double minScale,
    Flip flip,
    Policy policy,
    @Limit(min = 1) Integer policyOps,
    @Limit(min = 0, max = 30) Integer policyMagnitude,
    PolicyFill policyFill,
    JitterConfig colourJitter,
    @Limit(min = 0) Integer cutout,
    ErasingConfig erasing) {

  private static final Limits LIMITS = Limits.of(AugmentConfig.class);

  static final AugmentConfig NONE =
      new AugmentConfig(null, null, null, null, null, null, null, null, null, null, null, null);

  /** Padding of small images, a share of their height: 4 of 32 pixels. */
  private static final int PADDED_SHARE = 8;

  /** Images up to this side are cut out of a padded copy, larger ones are resized. */
  private static final int PADDED_SIDE = 64;

  /**
   * What is done where a job says nothing: crops and flips, which hardly any photo is worse for.
   *
   * @param input of the network
   */
  static AugmentConfig usual(InputShape input) {
    boolean small = input.height() <= PADDED_SIDE;
    return new AugmentConfig(
        small ? Crop.PADDED : Crop.RESIZED,
        small ? Math.max(1, input.height() / PADDED_SHARE) : null,
        null,
        small ? null : 0.25,
        Flip.RANDOM,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

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
      @Limit(min = 0, max = 1) Double probability,
      @Limit(min = 1e-6, max = 1) Double minScale,
      @Limit(min = 1e-6, max = 1) Double maxScale,
      RandomErasing.Value value) {

    private static final Limits LIMITS = Limits.of(ErasingConfig.class);

    public ErasingConfig {
      probability = LIMITS.value("probability", probability, 0.5);
      minScale = LIMITS.value("minScale", minScale, 0.02);
      maxScale = LIMITS.value("maxScale", maxScale, 0.33);
      value = LIMITS.value("value", value, RandomErasing.Value.MEAN);
      erasing(probability, minScale, maxScale, value, Preprocessing.IMAGENET);
    }

    static RandomErasing erasing(
        double probability,
        double minScale,
        double maxScale,
        RandomErasing.Value value,
        Preprocessing preprocessing) {
      return new RandomErasing(
          probability, minScale, maxScale, value, preprocessing.mean(), preprocessing.std());
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
  public record JitterConfig(
      @Limit(min = 0, max = 1) Double brightness,
      @Limit(min = 0, max = 1) Double contrast,
      @Limit(min = 0, max = 1) Double saturation,
      @Limit(min = 0, max = 0.5) Double hue) {

    private static final Limits LIMITS = Limits.of(JitterConfig.class);

    public JitterConfig {
      brightness = LIMITS.value("brightness", brightness, 0.0);
      contrast = LIMITS.value("contrast", contrast, 0.0);
      saturation = LIMITS.value("saturation", saturation, 0.0);
      hue = LIMITS.value("hue", hue, 0.0);
    }
  }

  public AugmentConfig {
    crop = LIMITS.value("crop", crop, Crop.NONE);
    padding = LIMITS.value("padding", padding, 4);
    fill = LIMITS.value("fill", fill, Augmentation.PaddedCrop.Fill.BLACK);
    minScale = LIMITS.value("minScale", minScale, 0.08);
    flip = LIMITS.value("flip", flip, Flip.NONE);
    policy = LIMITS.value("policy", policy, Policy.NONE);
    policyOps = LIMITS.value("policyOps", policyOps, 2);
    policyMagnitude = LIMITS.value("policyMagnitude", policyMagnitude, 9);
    policyFill = LIMITS.value("policyFill", policyFill, PolicyFill.BLACK);
    cutout = LIMITS.value("cutout", cutout, 0);
    Limits.requireUse("padding", padding, 4, crop == Crop.PADDED, "crop: padded");
    Limits.requireUse(
        "fill", fill, Augmentation.PaddedCrop.Fill.BLACK, crop == Crop.PADDED, "crop: padded");
    Limits.requireUse("minScale", minScale, 0.08, crop == Crop.RESIZED, "crop: resized");
    boolean drawn = policy == Policy.RANDAUGMENT;
    Limits.requireUse("policyOps", policyOps, 2, drawn, "policy: randaugment");
    Limits.requireUse("policyMagnitude", policyMagnitude, 9, drawn, "policy: randaugment");
    Limits.requireUse(
        "policyFill", policyFill, PolicyFill.BLACK, policy != Policy.NONE, "a policy");
  }

  /** What the loader is to do. */
  public List<Augmentation> augmentations(InputShape input, Preprocessing preprocessing) {
    List<Augmentation> list = new ArrayList<>();
    switch (crop) {
      case NONE -> {}
      case PADDED -> list.add(new Augmentation.PaddedCrop(padding, fill));
      case RESIZED ->
          list.add(new Augmentation.ResizedCrop(minScale, input.width(), input.height()));
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
              colourJitter.brightness,
              colourJitter.contrast,
              colourJitter.saturation,
              colourJitter.hue));
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
