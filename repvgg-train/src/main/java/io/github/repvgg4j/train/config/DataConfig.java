package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.listing.Labelling;
import io.github.repvgg4j.data.listing.SplitRule;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
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
 * @param mean per channel, 0..1; ImageNet's for the network's channels where null
 * @param std per channel, 0..1; ImageNet's for the network's channels where null
 * @param cropFraction of the test images, in (0, 1]
 * @param augment random changes of training images; null for the usual ones
 */
public record DataConfig(
    @Limit(path = true) String path,
    SplitConfig split,
    GeneratedConfig generated,
    BadImages.Policy onBadImage,
    @Limit(min = 1) Integer threads,
    @Limit(min = 0) Integer cacheMiB,
    @Limit(minSize = 1, max = 1) List<Double> mean,
    @Limit(minSize = 1, above = 0, max = 1) List<Double> std,
    @Limit(above = 0, max = 1) Double cropFraction,
    AugmentConfig augment) {

  /** Keys that say where the images are; one of them has to be there. */
  static final List<String> PLACES = List.of("path", "generated");

  private static final Limits LIMITS = Limits.of(DataConfig.class);
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
    path = LIMITS.value("path", path);
    onBadImage = LIMITS.value("onBadImage", onBadImage, BadImages.Policy.FAIL);
    int processors = Runtime.getRuntime().availableProcessors();
    threads = LIMITS.value("threads", threads, Math.min(processors, MAX_DEFAULT_THREADS));
    cacheMiB = LIMITS.value("cacheMiB", cacheMiB, 512);
    mean = LIMITS.value("mean", mean);
    std = LIMITS.value("std", std);
    cropFraction = LIMITS.value("cropFraction", cropFraction, 1.0);
    new Preprocessing(orDefault(mean, std), orDefault(std, mean), cropFraction);
  }

  /** While the network's channels are unknown, any valid numbers stand for those not given. */
  private static List<Double> orDefault(List<Double> values, List<Double> others) {
    List<Double> known = values == null ? others : values;
    return known == null
        ? Preprocessing.IMAGENET.mean()
        : values == null ? Collections.nCopies(known.size(), 1.0) : values;
  }

  /**
   * The same with mean and deviation for a network's input, those of ImageNet where none are given,
   * and with the usual augmentation where none is.
   *
   * @throws IllegalArgumentException when they are given for another number of channels
   */
  DataConfig forInput(InputShape input) {
    int channels = input.channels();
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "model.input: images have 1 (grey) or 3 (RGB) channels, got " + channels);
    }
    Preprocessing usual = channels == 1 ? Preprocessing.IMAGENET_GREY : Preprocessing.IMAGENET;
    List<Double> means = mean == null ? usual.mean() : mean;
    List<Double> deviations = std == null ? usual.std() : std;
    checkChannels("data.mean", means, channels);
    checkChannels("data.std", deviations, channels);
    return new DataConfig(
        path,
        split,
        generated,
        onBadImage,
        threads,
        cacheMiB,
        means,
        deviations,
        cropFraction,
        augment == null ? AugmentConfig.usual(input) : augment);
  }

  private static void checkChannels(String key, List<Double> values, int channels) {
    if (values.size() != channels) {
      throw new IllegalArgumentException(
          key
              + ": has "
              + values.size()
              + (values.size() == 1 ? " number" : " numbers")
              + ", but model.input has "
              + channels
              + (channels == 1 ? " channel" : " channels")
              + "; give one number a channel");
    }
  }

  /** Plain images from a folder or a zip. */
  public static DataConfig of(String path) {
    return new DataConfig(path, null, null, null, null, null, null, null, null, null);
  }

  /** A generated data set. */
  public static DataConfig of(GeneratedConfig generated) {
    return new DataConfig(null, null, generated, null, null, null, null, null, null, null);
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

  /**
   * The images, listed.
   *
   * @param labelling how many classes an image has, which {@code training.loss} says
   * @throws IOException they can't be read: one line
   */
  public ImageData open(Labelling labelling) throws IOException {
    return ImageData.open(Path.of(path), options().withLabelling(labelling));
  }

  /** How the images are listed. */
  public ImageData.Options options() {
    return new ImageData.Options(
        Optional.ofNullable(split).map(s -> new SplitRule(s.test, s.seed)));
  }

  /** How images become the network's input, in a {@link TrainConfig}; else as for RGB. */
  public Preprocessing preprocessing() {
    return new Preprocessing(
        mean == null ? Preprocessing.IMAGENET.mean() : mean,
        std == null ? Preprocessing.IMAGENET.std() : std,
        cropFraction);
  }

  /**
   * @param test share of the test images, in (0, 1)
   * @param seed another one gives another division
   */
  public record SplitConfig(@Limit(above = 0, below = 1) Double test, Long seed) {

    private static final Limits LIMITS = Limits.of(SplitConfig.class);

    public SplitConfig {
      test = LIMITS.value("test", test, 0.2);
      seed = LIMITS.value("seed", seed, 1L);
    }
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
