package io.github.repvgg4j.bench.loading;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.BatchLoader;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.load.TargetMix;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@link BatchLoader}, as training uses it. */
final class OwnLoader implements LoaderContender {

  static final int BATCH = 64;

  private final Work work;
  private final BatchLoader loader;
  private int epoch;

  /**
   * What is loaded how.
   *
   * @param side of the network's input, pixels
   * @param augmentations of each image, in this order
   * @param cacheBytes of decoded images that are kept
   * @param threads of the loader
   */
  record Work(int side, List<Augmentation> augmentations, long cacheBytes, int threads) {

    /** ImageNet's usual way to train: random resized crop of 224 pixels, flip, no cache. */
    static Work imageNet(int threads) {
      return new Work(
          224,
          List.of(
              new Augmentation.ResizedCrop(0.08, 224, 224),
              new Augmentation.Flip(Augmentation.Flip.Mode.RANDOM)),
          0,
          threads);
    }

    /** CIFAR's: a crop out of 4 pixels of padding, flip. */
    static Work cifar(int threads, long cacheBytes) {
      return new Work(
          32,
          List.of(
              new Augmentation.PaddedCrop(4, Augmentation.PaddedCrop.Fill.BLACK),
              new Augmentation.Flip(Augmentation.Flip.Mode.RANDOM)),
          cacheBytes,
          threads);
    }

    /** Close it. */
    BatchLoader loader(ImageData data) {
      return new BatchLoader(
          data.train(),
          data.labels().size(),
          new ImagePreprocessor(
              Preprocessing.IMAGENET.withCropFraction(1), InputShape.square(side)),
          new BatchLoader.Options(
              BatchLoader.Order.SHUFFLED,
              BATCH,
              threads,
              1,
              cacheBytes,
              augmentations,
              TargetMix.NONE),
          new BadImages(BadImages.Policy.FAIL));
    }
  }

  /**
   * @param data stays the caller's
   */
  OwnLoader(ImageData data, Work work) {
    this.work = work;
    this.loader = work.loader(data);
  }

  @Override
  public String name() {
    return work.cacheBytes > 0 ? "BatchLoader, cache" : "BatchLoader";
  }

  @Override
  public int threads() {
    return work.threads;
  }

  @Override
  public long epoch() {
    return load(features -> 0).images();
  }

  @Override
  public Content content() {
    return load(features -> features.meanNumber().doubleValue());
  }

  private Content load(ToDoubleFunction<INDArray> look) {
    long images = 0;
    double sum = 0;
    try (BatchLoader.Epoch batches = loader.epoch(epoch++, 0)) {
      for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
        try (INDArray features = Floats.array(batch.features(), batch.shape());
            INDArray targets = Floats.array(batch.targets(), batch.targetShape())) {
          images += targets.size(0);
          sum += targets.size(0) * look.applyAsDouble(features);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Content(images, sum / images);
  }

  @Override
  public void close() {
    loader.close();
  }
}
