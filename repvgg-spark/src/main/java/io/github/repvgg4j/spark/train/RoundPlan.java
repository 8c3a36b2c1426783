package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.spark.images.ImageRef;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which images each worker sees in which global iteration. It follows from seed and epoch alone, so
 * a round that is run again, after a lost executor or by {@code --resume}, is the same round.
 *
 * <p>In a global iteration the workers' batches, put together, are the batch that one machine with
 * {@code workers * batchPerWorker} images would take.
 */
final class RoundPlan {

  private final List<ImageRef> images;
  private final Map<String, Integer> classes = new HashMap<>();
  private final SparkConfig spark;
  private final long seed;

  /**
   * An image with what its augmentation and its target follow from.
   *
   * @param index in the whole set
   * @param label class, from 0
   */
  record Planned(int index, int label, ImageRef image) implements Serializable {}

  /**
   * One batch of one worker.
   *
   * @param number in the epoch, over all workers
   */
  record Batch(int epoch, int number, ArrayList<Planned> images) implements Serializable {}

  /** All that one worker does between two averagings. */
  record Share(ArrayList<Batch> batches) implements Serializable {}

  RoundPlan(List<ImageRef> images, List<String> labels, SparkConfig spark, long seed) {
    this.images = images;
    for (int i = 0; i < labels.size(); i++) {
      classes.put(labels.get(i), i);
    }
    this.spark = spark;
    this.seed = seed;
  }

  /** Global iterations of an epoch; what does not fill a last one waits for another epoch. */
  int iterationsPerEpoch() {
    return images.size() / (spark.workers() * spark.batchPerWorker());
  }

  /**
   * @param order of {@link #order}
   * @param from first global iteration of the round, within the epoch
   * @param to behind the last one
   * @return one share for each worker
   */
  List<Share> round(int[] order, int epoch, int from, int to) {
    List<Share> shares = new ArrayList<>();
    for (int worker = 0; worker < spark.workers(); worker++) {
      ArrayList<Batch> batches = new ArrayList<>();
      for (int iteration = from; iteration < to; iteration++) {
        batches.add(batch(order, epoch, iteration * spark.workers() + worker));
      }
      shares.add(new Share(batches));
    }
    return shares;
  }

  private Batch batch(int[] order, int epoch, int number) {
    ArrayList<Planned> planned = new ArrayList<>();
    int size = spark.batchPerWorker();
    for (int i = number * size; i < (number + 1) * size; i++) {
      ImageRef image = images.get(order[i]);
      planned.add(new Planned(order[i], classes.get(image.label()), image));
    }
    return new Batch(epoch, number, planned);
  }

  /** The images in the order of an epoch. */
  int[] order(int epoch) {
    return switch (spark.repartition()) {
      case EPOCH -> Draw.permutation(seed, epoch, images.size());
      case NEVER -> ownShares(epoch);
    };
  }

  /** Each worker's share keeps its images, in an order of its own. */
  private int[] ownShares(int epoch) {
    int[] dealt = Draw.permutation(seed, 0, images.size());
    int size = spark.batchPerWorker();
    int share = iterationsPerEpoch() * size;
    int[] order = new int[share * spark.workers()];
    for (int worker = 0; worker < spark.workers(); worker++) {
      int[] own = Draw.permutation(seed + 1 + worker, epoch, share);
      for (int i = 0; i < share; i++) {
        int batch = i / size * spark.workers() + worker;
        order[batch * size + i % size] = dealt[worker * share + own[i]];
      }
    }
    return order;
  }
}
