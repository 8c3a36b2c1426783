package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.GeneratedImages;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.List;

/**
 * The images and how they reach the network.
 *
 * @param path folder or zip with train/CLASS/IMAGE and test/CLASS/IMAGE
 * @param generated a made-up data set instead of one's own, written below {@code path} (default:
 *     {@code images} in the run's folder)
 * @param onBadImage fail or skip
 * @param threads loader threads
 * @param cacheMiB decoded images kept in memory, MiB a split
 * @param mean per channel, 0..1
 * @param std per channel, 0..1
 * @param cropFraction of the test images, in (0, 1]
 * @param augment random changes of training images
 */
public record DataConfig(
    String path,
    GeneratedConfig generated,
    BadImages.Policy onBadImage,
    @Limit(min = 1) Integer threads,
    @Limit(min = 0) Integer cacheMiB,
    @Limit(minSize = 1) List<Double> mean,
    @Limit(minSize = 1, above = 0) List<Double> std,
    @Limit(above = 0, max = 1) Double cropFraction,
    AugmentConfig augment) {

  /** Keys that say where the images are; one of them has to be there. */
  static final List<String> PLACES = List.of("path", "generated");

  private static final Limits LIMITS = Limits.of(DataConfig.class);
  private static final int MAX_DEFAULT_THREADS = 8;

  public DataConfig {
    if (path == null && generated == null) {
      throw new IllegalArgumentException(
          "path: is required (or generated: {}): a folder or zip with train/CLASS/IMAGE and"
              + " test/CLASS/IMAGE");
    }
    onBadImage = LIMITS.value("onBadImage", onBadImage, BadImages.Policy.FAIL);
    int processors = Runtime.getRuntime().availableProcessors();
    threads = LIMITS.value("threads", threads, Math.min(processors, MAX_DEFAULT_THREADS));
    cacheMiB = LIMITS.value("cacheMiB", cacheMiB, 512);
    mean = LIMITS.value("mean", mean, Preprocessing.IMAGENET.mean());
    std = LIMITS.value("std", std, Preprocessing.IMAGENET.std());
    cropFraction = LIMITS.value("cropFraction", cropFraction, 1.0);
    augment = augment == null ? AugmentConfig.NONE : augment;
    if (mean.size() != std.size()) {
      throw new IllegalArgumentException(
          "mean: and std need one number a channel each, got " + mean + " and " + std);
    }
    new Preprocessing(mean, std, cropFraction);
  }

  /** Plain images from a folder or a zip. */
  public static DataConfig of(String path) {
    return new DataConfig(path, null, null, null, null, null, null, null, null);
  }

  /** A generated data set. */
  public static DataConfig of(GeneratedConfig generated) {
    return new DataConfig(null, generated, null, null, null, null, null, null, null);
  }

  public DataConfig withPath(String newPath) {
    return new DataConfig(
        newPath, generated, onBadImage, threads, cacheMiB, mean, std, cropFraction, augment);
  }

  public DataConfig withThreads(int number) {
    return new DataConfig(
        path, generated, onBadImage, number, cacheMiB, mean, std, cropFraction, augment);
  }

  public DataConfig withOnBadImage(BadImages.Policy policy) {
    return new DataConfig(
        path, generated, policy, threads, cacheMiB, mean, std, cropFraction, augment);
  }

  public Preprocessing preprocessing() {
    return new Preprocessing(mean, std, cropFraction);
  }

  /**
   * @param trainPerClass training images of each of the ten classes
   * @param testPerClass test images of each class
   * @param side pixels
   * @param seed of the images
   */
  public record GeneratedConfig(
      @Limit(min = 1) Integer trainPerClass,
      @Limit(min = 1) Integer testPerClass,
      @Limit(min = 8) Integer side,
      Long seed) {

    private static final Limits LIMITS = Limits.of(GeneratedConfig.class);

    public GeneratedConfig {
      trainPerClass = LIMITS.value("trainPerClass", trainPerClass, 300);
      testPerClass = LIMITS.value("testPerClass", testPerClass, 50);
      side = LIMITS.value("side", side, 32);
      seed = LIMITS.value("seed", seed, 1L);
    }

    public GeneratedImages.Options options() {
      return new GeneratedImages.Options(trainPerClass, testPerClass, side, seed);
    }
  }
}
