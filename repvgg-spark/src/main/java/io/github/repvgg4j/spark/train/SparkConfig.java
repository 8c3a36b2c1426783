package io.github.repvgg4j.spark.train;

import java.util.Locale;

/**
 * The section {@code spark:} of a YAML file.
 *
 * @param workers networks that train side by side; default: the cluster's cores
 * @param batchPerWorker images of one worker's iteration; default: training.batchSize / workers, so
 *     that all workers together see as many images an iteration as one machine does
 * @param averagingFrequency iterations between two averagings
 * @param repartition which images a worker sees
 * @param aggregationDepth levels of the tree that sums the workers' parameters
 */
public record SparkConfig(
    Integer workers,
    Integer batchPerWorker,
    Integer averagingFrequency,
    Repartition repartition,
    Integer aggregationDepth) {

  /** All defaults. */
  public static final SparkConfig DEFAULT = new SparkConfig(null, null, null, null, null);

  /** How images are dealt to workers. */
  public enum Repartition {
    /** All images are shuffled and dealt anew each epoch, as on one machine. */
    EPOCH,
    /** Dealt once; each worker shuffles its own share each epoch. */
    NEVER
  }

  public SparkConfig {
    positive("workers", workers);
    positive("batchPerWorker", batchPerWorker);
    positive("averagingFrequency", averagingFrequency);
    positive("aggregationDepth", aggregationDepth);
    averagingFrequency = averagingFrequency == null ? 5 : averagingFrequency;
    repartition = repartition == null ? Repartition.EPOCH : repartition;
    aggregationDepth = aggregationDepth == null ? 2 : aggregationDepth;
  }

  private static void positive(String key, Integer value) {
    if (value != null && value < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: must be at least 1, got %d", key, value));
    }
  }

  /** The same with every number filled in. */
  SparkConfig resolved(int cores, int batchSize) {
    int all = workers == null ? cores : workers;
    int batch = batchPerWorker == null ? Math.max(1, batchSize / all) : batchPerWorker;
    return new SparkConfig(all, batch, averagingFrequency, repartition, aggregationDepth);
  }
}
