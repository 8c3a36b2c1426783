package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.BadImages;
import io.github.repvgg4j.data.GeneratedImages;
import io.github.repvgg4j.data.ImageData;
import io.github.repvgg4j.data.listing.SplitRule;
import java.util.List;
import java.util.Optional;

/**
 * The images and how they reach the network.
 *
 * @param path folder or zip with train/CLASS/IMAGE and test/CLASS/IMAGE, one folder of classes, or
 *     a manifest
 * @param split how classes without a test part are divided
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
    SplitConfig split,
    GeneratedConfig generated,
    BadImages.Policy onBadImage,
    Integer threads,
    Integer cacheMiB,
    List<Double> mean,
    List<Double> std,
    Double cropFraction,
    AugmentConfig augment) {

  private static final int MAX_DEFAULT_THREADS = 8;

  public DataConfig {
    if (split != null && generated != null) {
      throw new IllegalArgumentException(
          "split: generated images have a test part already; remove data.split");
    }
    if (path == null && generated == null) {
      throw new IllegalArgumentException(
          "path: is required (or generated: {}): a folder or zip with train/CLASS/IMAGE and"
              + " test/CLASS/IMAGE");
    }
    onBadImage = Check.orElse(onBadImage, BadImages.Policy.FAIL);
    int processors = Runtime.getRuntime().availableProcessors();
    threads = Check.atLeast(1, "threads", threads, Math.min(processors, MAX_DEFAULT_THREADS));
    cacheMiB = Check.atLeast(0, "cacheMiB", cacheMiB, 512);
    mean = Check.orElse(mean, Preprocessing.IMAGENET.mean());
    std = Check.orElse(std, Preprocessing.IMAGENET.std());
    cropFraction = Check.orElse(cropFraction, 1.0);
    augment = augment == null ? AugmentConfig.NONE : augment;
    new Preprocessing(mean, std, cropFraction);
  }

  /** Plain images from a folder or a zip. */
  public static DataConfig of(String path) {
    return new DataConfig(path, null, null, null, null, null, null, null, null, null);
  }

  /** A generated data set. */
  public static DataConfig of(GeneratedConfig generated) {
    return new DataConfig(null, null, generated, null, null, null, null, null, null, null);
  }

  /** Images that are there instead of these, generated or not. */
  public DataConfig insteadFrom(String newPath) {
    return new DataConfig(
        newPath, split, null, onBadImage, threads, cacheMiB, mean, std, cropFraction, augment);
  }

  public DataConfig withPath(String newPath) {
    return new DataConfig(
        newPath, split, generated, onBadImage, threads, cacheMiB, mean, std, cropFraction, augment);
  }

  public DataConfig withThreads(int number) {
    return new DataConfig(
        path, split, generated, onBadImage, number, cacheMiB, mean, std, cropFraction, augment);
  }

  public DataConfig withOnBadImage(BadImages.Policy policy) {
    return new DataConfig(
        path, split, generated, policy, threads, cacheMiB, mean, std, cropFraction, augment);
  }

  /** How the images are listed. */
  public ImageData.Options options() {
    return new ImageData.Options(
        Optional.ofNullable(split).map(s -> new SplitRule(s.test, s.seed)));
  }

  public Preprocessing preprocessing() {
    return new Preprocessing(mean, std, cropFraction);
  }

  /**
   * @param test share of the test images, in (0, 1)
   * @param seed another one gives another division
   */
  public record SplitConfig(Double test, Long seed) {
    public SplitConfig {
      test = Check.orElse(test, 0.2);
      seed = Check.orElse(seed, 1L);
      new SplitRule(test, seed);
    }
  }

  /**
   * @param trainPerClass training images of each of the ten classes
   * @param testPerClass test images of each class
   * @param side pixels
   * @param seed of the images
   */
  public record GeneratedConfig(
      Integer trainPerClass, Integer testPerClass, Integer side, Long seed) {
    public GeneratedConfig {
      trainPerClass = Check.atLeast(1, "trainPerClass", trainPerClass, 300);
      testPerClass = Check.atLeast(1, "testPerClass", testPerClass, 50);
      side = Check.atLeast(8, "side", side, 32);
      seed = Check.orElse(seed, 1L);
    }

    public GeneratedImages.Options options() {
      return new GeneratedImages.Options(trainPerClass, testPerClass, side, seed);
    }
  }
}
