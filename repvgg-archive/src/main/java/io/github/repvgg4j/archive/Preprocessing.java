package io.github.repvgg4j.archive;

import java.util.List;

/**
 * From an RGB image to the network's input: the shorter side is resized to {@code side /
 * cropFraction} pixels, the centre is cropped, values are scaled to 0..1, and {@code (x - mean) /
 * std} is taken per channel.
 *
 * @param mean per channel, on the scale 0..1
 * @param std per channel, on the scale 0..1, greater than 0
 * @param cropFraction share of the resized image that is kept, in (0, 1]; ImageNet: 0.875
 */
public record Preprocessing(List<Double> mean, List<Double> std, double cropFraction) {

  /** Mean and standard deviation of ImageNet, as torchvision and the reference use them. */
  public static final Preprocessing IMAGENET =
      new Preprocessing(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225), 0.875);

  /**
   * The same for one grey channel: ImageNet's means weighted as grey is made of red, green and blue
   * (ITU-R 601), and the mean of its three deviations.
   */
  public static final Preprocessing IMAGENET_GREY =
      new Preprocessing(List.of(0.459), List.of(0.226), 0.875);

  public Preprocessing {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    if (mean.isEmpty() || mean.size() != std.size()) {
      throw new IllegalArgumentException(
          "preprocessing: mean and std need one number a channel, got " + mean + " and " + std);
    }
    if (!mean.stream().allMatch(Double::isFinite)
        || !std.stream().allMatch(s -> Double.isFinite(s) && s > 0)) {
      throw new IllegalArgumentException(
          "preprocessing: mean must be finite and std greater than 0, got " + mean + " and " + std);
    }
    if (!(cropFraction > 0 && cropFraction <= 1)) {
      throw new IllegalArgumentException(
          "preprocessing: cropFraction must be in (0, 1], got " + cropFraction);
    }
  }

  public Preprocessing withCropFraction(double fraction) {
    return new Preprocessing(mean, std, fraction);
  }
}
