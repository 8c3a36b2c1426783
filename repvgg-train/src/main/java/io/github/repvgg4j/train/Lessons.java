package io.github.repvgg4j.train;

import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.BatchLoader;
import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.load.SoftTargets;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.config.TeacherConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.teacher.LoadedTeacher;
import io.github.repvgg4j.train.teacher.TeacherLogits;
import io.github.repvgg4j.train.teacher.Teachers;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a teacher adds to a student's batches: behind each row of targets its softened answers,
 * either to the very images of the batch, as Beyer et al. have it (Knowledge distillation: A good
 * teacher is patient and consistent, arXiv 2106.05237: same views, mixup included), or to the
 * images as they are without augmentation, which it sees once. Adds nothing where there is no
 * teacher.
 */
final class Lessons implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(Lessons.class);

  private final Material material;
  private final Distillation distillation;
  private final LoadedTeacher loaded;
  private TeacherLogits kept;

  /**
   * The images that are learned from.
   *
   * @param preprocessor to the network's own size
   * @param data what the images are, for what is kept
   */
  record Material(
      TrainConfig config,
      ImageSplit images,
      List<String> labels,
      ImagePreprocessor preprocessor,
      BadImages badImages,
      DataIdentity data) {}

  /**
   * Loads the teacher, if there is one.
   *
   * @throws IOException the file can't be read: one line
   * @throws io.github.repvgg4j.train.config.ConfigException it does not fit the job: one line
   */
  Lessons(Material material) throws IOException {
    this.material = material;
    TeacherConfig teacher = material.config.training().teacher();
    this.distillation = teacher == null ? Distillation.NONE : teacher.distillation();
    if (teacher != null && teacher.cache() == TeacherConfig.Cache.IMAGES) {
      TeacherLogits.requireRoom(
          material.images.size(), material.labels.size(), Runtime.getRuntime().maxMemory());
    }
    this.loaded = teacher == null ? null : Teachers.load(material.config, material.labels);
  }

  /** What a user should hear, a line each. */
  List<String> notes() {
    return loaded == null ? List.of() : loaded.notes();
  }

  /** What the loader adds to the targets. */
  SoftTargets softTargets() {
    return kept == null ? SoftTargets.NONE : kept.targets(distillation);
  }

  /**
   * The targets of a batch for the loss.
   *
   * @return {@code [N, classes]}, or {@code [N, 2 classes]} with a teacher
   */
  float[] targets(ImageBatch batch) {
    if (loaded == null || kept != null) {
      return batch.targets();
    }
    int classes = material.labels.size();
    float[] logits = logits(batch);
    float[] all = new float[2 * batch.targets().length];
    for (int i = 0; i < batch.size(); i++) {
      System.arraycopy(batch.targets(), i * classes, all, 2 * i * classes, classes);
      distillation.soften(logits, i * classes, classes, all, (2 * i + 1) * classes);
    }
    return all;
  }

  private float[] logits(ImageBatch batch) {
    long[] shape = batch.shape();
    InputShape image = new InputShape((int) shape[1], (int) shape[2], (int) shape[3]);
    return loaded.teacher().logits(batch.features(), batch.size(), image);
  }

  /**
   * Lets the teacher see the images that it sees once, or finds out what it said then.
   *
   * @param file where that is kept
   */
  void prepare(Path file) throws IOException {
    TeacherConfig teacher = material.config.training().teacher();
    if (teacher == null || teacher.cache() != TeacherConfig.Cache.IMAGES) {
      return;
    }
    TeacherLogits logits =
        new TeacherLogits(origin(teacher), material.images.size(), material.labels.size());
    if (!isRead(file, logits)) {
      LOG.info("the teacher looks at {} training images", material.images.size());
      look(logits);
      logits.write(file);
    } else if (lookAgain(logits)) {
      logits.write(file);
    }
    kept = logits;
  }

  /** At images that could not be used then and may have been mended since; true for any. */
  private boolean lookAgain(TeacherLogits logits) throws IOException {
    boolean mended = false;
    try (BatchLoader loader = loader()) {
      for (int i = 0; i < material.images.size(); i++) {
        if (!logits.has(i)) {
          lookOneByOne(loader, logits, i, 1);
          mended |= logits.has(i);
        }
      }
    }
    return mended;
  }

  private boolean isRead(Path file, TeacherLogits logits) {
    try {
      return Files.exists(file) && logits.read(file);
    } catch (IOException e) {
      LOG.warn("{} {}; the teacher looks at the images again", file, e.getMessage());
      return false;
    }
  }

  /** Two runs that agree in this have the same logits on one machine. */
  private String origin(TeacherConfig teacher) {
    return String.join(
        " ",
        teacher.sha256(),
        material.data.sha256(),
        material.preprocessor.input().toString(),
        material.config.data().preprocessing().toString(),
        material.config.backend().precision().name());
  }

  private BatchLoader loader() {
    BatchLoader.Options options =
        BatchLoader.Options.evaluation(
            material.config.training().batchSize(), material.config.data().threads(), 0);
    return new BatchLoader(
        material.images,
        material.labels.size(),
        material.preprocessor,
        options,
        material.badImages);
  }

  private void look(TeacherLogits logits) throws IOException {
    int batchSize = material.config.training().batchSize();
    try (BatchLoader loader = loader();
        BatchLoader.Epoch batches = loader.epoch(0, 0)) {
      int first = 0;
      for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
        int expected = Math.min(batchSize, material.images.size() - first);
        if (batch.size() == expected) {
          keep(logits, first, batch);
        } else {
          lookOneByOne(loader, logits, first, expected);
        }
        first += expected;
      }
    }
  }

  private void keep(TeacherLogits logits, int first, ImageBatch batch) {
    float[] answers = logits(batch);
    for (int i = 0; i < batch.size(); i++) {
      logits.set(first + i, answers, i);
    }
  }

  /** Where some are left out, to know which. */
  private void lookOneByOne(BatchLoader loader, TeacherLogits logits, int first, int count)
      throws IOException {
    BatchLoader.EpochOptions single =
        new BatchLoader.EpochOptions(
            material.preprocessor.input(),
            BatchPlan.of(material.images.size(), 1),
            SoftTargets.NONE);
    try (BatchLoader.Epoch batches = loader.epoch(0, first, single)) {
      for (int i = first; i < first + count; i++) {
        ImageBatch batch = batches.next();
        if (batch.size() == 1) {
          keep(logits, i, batch);
        }
      }
    }
  }

  @Override
  public void close() {
    if (loaded != null) {
      loaded.teacher().close();
    }
  }
}
