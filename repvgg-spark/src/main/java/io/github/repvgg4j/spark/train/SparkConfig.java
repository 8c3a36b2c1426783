package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;

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
    @Limit(min = 1) Integer workers,
    @Limit(min = 1) Integer batchPerWorker,
    @Limit(min = 1) Integer averagingFrequency,
    Repartition repartition,
    @Limit(min = 1) Integer aggregationDepth) {

  private static final Limits LIMITS = Limits.of(SparkConfig.class);

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
    workers = LIMITS.value("workers", workers);
    batchPerWorker = LIMITS.value("batchPerWorker", batchPerWorker);
    averagingFrequency = LIMITS.value("averagingFrequency", averagingFrequency, 5);
    repartition = LIMITS.value("repartition", repartition, Repartition.EPOCH);
    aggregationDepth = LIMITS.value("aggregationDepth", aggregationDepth, 2);
  }

  /** The same with every number filled in. */
  SparkConfig resolved(int cores, int batchSize) {
    int all = workers == null ? cores : workers;
    int batch = batchPerWorker == null ? Math.max(1, batchSize / all) : batchPerWorker;
    return new SparkConfig(all, batch, averagingFrequency, repartition, aggregationDepth);
  }
}
