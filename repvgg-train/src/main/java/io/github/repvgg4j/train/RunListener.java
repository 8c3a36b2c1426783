package io.github.repvgg4j.train;

import io.github.repvgg4j.data.load.BatchPlan;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.util.OptionalDouble;

/** Follows a run. Called on the training thread; keep it short. */
public interface RunListener {

  /** Hears nothing. */
  RunListener SILENT = new RunListener() {};

  /**
   * What is about to be trained.
   *
   * @param trainImages training images
   * @param testImages test images
   * @param classes classes
   * @param parameters of the network, without running statistics
   * @param epochs in all
   * @param plan the batches of the first epoch
   * @param batchSize that the job asked for, at first
   * @param firstEpoch from 0; more when the run is resumed
   * @param acceleration what the fast helpers do, one line
   * @param minutes that the run may take; empty for a run of {@code epochs}
   * @param measure by which the best epoch is chosen
   */
  record Start(
      int trainImages,
      int testImages,
      int classes,
      long parameters,
      int epochs,
      BatchPlan plan,
      int batchSize,
      int firstEpoch,
      String acceleration,
      OptionalDouble minutes,
      Measure measure) {}

  default void onStart(Start start) {}

  /** Something that a user should hear, one line: what was passed over among the images. */
  default void onNote(String note) {}

  /**
   * Before the first batch of an epoch that is begun or gone on with.
   *
   * @param epoch from 0
   * @param batches of the whole epoch
   */
  default void onEpochStart(int epoch, int batches) {}

  /**
   * After each batch.
   *
   * @param epoch from 0
   * @param batch from 0
   * @param loss of the batch
   */
  default void onBatch(int epoch, int batch, double loss) {}

  default void onEpoch(EpochMetrics metrics) {}
}
