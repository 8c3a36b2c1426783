package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.load.TargetMix;
import io.github.repvgg4j.spark.images.ImageBytes;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Makes an executor's batches as {@code repvgg-train} does: what is done to an image follows from
 * (seed, epoch, index), what is mixed from (seed, epoch, batch).
 */
final class BatchSource implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int BATCH_DRAW = -1;

  private final JobDescription job;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final LongAccumulator badImages;

  BatchSource(
      JobDescription job, Broadcast<SerializableConfiguration> hadoop, LongAccumulator badImages) {
    this.job = job;
    this.hadoop = hadoop;
    this.badImages = badImages;
  }

  /** The batches of a share, made when they are asked for. */
  Iterator<MultiDataSet> batches(Iterator<RoundPlan.Share> shares) {
    Maker maker = new Maker();
    Iterable<RoundPlan.Share> all = () -> shares;
    Stream<MultiDataSet> batches =
        StreamSupport.stream(all.spliterator(), false)
            .flatMap(share -> share.batches().stream())
            .map(maker::make)
            .filter(Objects::nonNull);
    return batches.iterator();
  }

  private final class Maker {

    private final TrainConfig config = job.config();
    private final ImagePreprocessor preprocessor = job.preprocessor();
    private final TargetMix mix = config.training().targets();
    private final long seed = config.training().seed();
    private final Configuration configuration = hadoop.value().value();
    private final List<Augmentation> augmentations =
        config.data().augment().augmentations(preprocessor.input(), config.data().preprocessing());
    private final boolean whole =
        augmentations.stream().anyMatch(a -> a instanceof Augmentation.ResizedCrop);

    /** Null when no image of it can be used. */
    MultiDataSet make(RoundPlan.Batch batch) {
      int length = preprocessor.length();
      float[] features = new float[batch.images().size() * length];
      int[] classes = new int[batch.images().size()];
      int size = 0;
      for (RoundPlan.Planned planned : batch.images()) {
        try {
          write(planned, batch.epoch(), features, size * length);
          classes[size++] = planned.label();
        } catch (BadImageException e) {
          if (config.data().onBadImage() == BadImages.Policy.FAIL) {
            throw new UncheckedIOException(e);
          }
          badImages.add(1);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return size == 0
          ? null
          : dataSet(batch, Arrays.copyOf(features, size * length), Arrays.copyOf(classes, size));
    }

    private void write(RoundPlan.Planned planned, int epoch, float[] target, int offset)
        throws IOException {
      byte[] bytes = ImageBytes.read(planned.image(), configuration);
      String name = planned.image().name();
      RgbImage image = BadImageException.naming(name, () -> augmented(planned, epoch, name, bytes));
      preprocessor.normalise(image, target, offset);
    }

    private RgbImage augmented(RoundPlan.Planned planned, int epoch, String name, byte[] bytes)
        throws BadImageException {
      RgbImage read = ImageReader.decode(name, bytes);
      RgbImage image = whole ? read : preprocessor.fit(read);
      Draw draw = Draw.of(seed, epoch, planned.index());
      for (Augmentation augmentation : augmentations) {
        image = augmentation.apply(image, draw);
      }
      return image;
    }

    private int[][] sets(int[] classes) {
      return IntStream.of(classes).mapToObj(c -> new int[] {c}).toArray(int[][]::new);
    }

    private MultiDataSet dataSet(RoundPlan.Batch batch, float[] features, int[] classes) {
      var input = preprocessor.input();
      ImageBatch images =
          new ImageBatch(
              new long[] {classes.length, input.channels(), input.height(), input.width()},
              features,
              mix.targets(sets(classes), job.classes()),
              classes);
      mix.apply(images, Draw.of(seed, batch.epoch(), BATCH_DRAW - batch.number()));
      return new org.nd4j.linalg.dataset.MultiDataSet(
          Floats.array(images.features(), images.shape()),
          Floats.array(images.targets(), images.targetShape()));
    }
  }
}
