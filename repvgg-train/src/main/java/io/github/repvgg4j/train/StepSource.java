package io.github.repvgg4j.train;

import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.Fingerprint;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.Evaluation;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.optim.Course;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Where the steps of a run come from: what differs between one machine and a cluster. {@link
 * RunLoop} makes a run of them. What can be checked is checked before there is a source, and no
 * run's folder is touched for it.
 */
public interface StepSource extends Closeable {

  Job job();

  /**
   * Holds between steps what the next one follows from: parameters, the optimizer's memory, the
   * average. A checkpoint keeps its state.
   */
  GraphTrainer trainer();

  /** The updates of the recipe. */
  Course course();

  /**
   * Makes ready what is to lie in the run's folder. Called before the first epoch, also of a run
   * that goes on.
   *
   * @param teacherLogits where a teacher's logits are kept, if they are
   * @throws IOException one line
   */
  default void prepare(Path teacherLogits) throws IOException {}

  /** The whole network with the trainer's parameters, to be tested and saved. */
  ComputationGraph network();

  /**
   * The steps of an epoch. They follow from seed, epoch and batch alone, so that the same ones come
   * again when a run goes on.
   *
   * @param epoch from 0
   * @param firstBatch the first that is trained; {@link Job#batches} for none
   * @param begin updates before the epoch
   */
  Epoch epoch(int epoch, int firstBatch, long begin) throws IOException;

  /**
   * Tests a network.
   *
   * @param model {@link #network}, or one that was saved
   * @param averaging copies of each image whose answers are averaged
   * @param stop true ends the test, as soon as this source can
   * @return empty where it was stopped
   */
  Optional<Evaluation> test(
      ComputationGraph model, Part part, TestTimeAveraging averaging, BooleanSupplier stop)
      throws IOException;

  /** What is wrong with images that were left out, by their names where those are known. */
  Map<String, String> badImages();

  /** A run that goes on left these out before: they are among {@link #badImages}. */
  default void remember(Map<String, String> badImages) {}

  /** How many {@link #badImages} there are, those without a name too. */
  default int badImageCount() {
    return badImages().size();
  }

  /** Training images of each class, without those that are known to be bad. */
  default int[] trainedImages() {
    return ClassBalance.of(job().images().identity()).counts();
  }

  /**
   * What is known before the first step.
   *
   * @param config with everything that was found out about it
   * @param plan the batches of an epoch, the first where they change; a checkpoint counts them
   * @param acceleration what computes, one line
   * @param notes what a user should hear, a line each
   * @param provenance what beside the configuration the weights follow from: model.zip tells it,
   *     and a run goes on only where it is the same
   */
  record Job(
      TrainConfig config,
      Images images,
      BatchPlan plan,
      String acceleration,
      List<String> notes,
      Map<String, String> provenance) {

    /** Of the plan. */
    public int batches() {
      return plan.batches();
    }

    RepVggSpec spec() {
      return config.spec(images.labels().size());
    }

    /** What two runs share that lead to the same weights. */
    String fingerprint() {
      StringBuilder fingerprint = new StringBuilder(Fingerprint.of(config));
      provenance.values().forEach(value -> fingerprint.append(' ').append(value));
      return fingerprint.toString();
    }
  }

  /** Images that are tested. */
  enum Part {
    /** By which the best epoch is chosen. */
    TEST,
    /** Kept for the end; nothing is chosen by them. */
    FINAL_TEST
  }

  /**
   * The images of a run.
   *
   * @param labels the network's outputs in order
   * @param identity what a run that goes on must find again
   * @param train number of training images
   * @param test those of {@link Part#TEST}, in the order in which they are tested
   * @param finalTest number of those of {@link Part#FINAL_TEST}, 0 where there are none
   */
  record Images(
      List<String> labels, DataIdentity identity, int train, ImageSplit test, int finalTest) {}

  /** The steps of one epoch, one after another. */
  interface Epoch extends Closeable {

    /** Batches of this epoch, those before the first one of these steps too. */
    int batches();

    /**
     * Takes the next step.
     *
     * @return null at the end of the epoch
     * @throws io.github.repvgg4j.train.loop.DivergedException when the loss is not finite
     */
    Step next() throws IOException;

    @Override
    default void close() {}
  }

  /**
   * What one step came to.
   *
   * @param loss mean over its images, before it
   * @param images that it saw; 0 where none could be used, so that nothing was done
   * @param batches by which the epoch has gone on
   */
  record Step(double loss, int images, int batches) {}
}
