package io.github.repvgg4j.train.optim;

import io.github.repvgg4j.data.load.BatchPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongToIntFunction;

/**
 * The updates of a recipe, epoch by epoch: how many there are where batches grow, and what each
 * takes. What a recipe says in epochs becomes updates here.
 */
public final class Course {

  private final int images;
  private final int accumulate;
  private final List<BatchPlan> epochs;
  private final long[] starts;
  private final double[] costs;
  private final double[] costPerImage;

  /** The size of batches in the course of a recipe. */
  @FunctionalInterface
  public interface Sizes {

    /**
     * @param epoch epochs that are over, with their fraction
     * @param update updates that are over
     */
    int at(double epoch, long update);
  }

  /**
   * What a course goes through.
   *
   * @param images of an epoch
   * @param epochs of the recipe
   * @param accumulate batches an update
   */
  public record Extent(int images, int epochs, int accumulate) {}

  private Course(Extent extent, List<BatchPlan> epochs, IntToDoubleFunction costPerImage) {
    this.images = extent.images;
    this.accumulate = extent.accumulate;
    this.epochs = List.copyOf(epochs);
    this.starts = new long[epochs.size() + 1];
    this.costs = new double[epochs.size() + 1];
    this.costPerImage = new double[epochs.size()];
    for (int i = 0; i < epochs.size(); i++) {
      this.costPerImage[i] = costPerImage.applyAsDouble(i);
      starts[i + 1] = starts[i] + updates(epochs.get(i));
      costs[i + 1] = costs[i] + this.costPerImage[i] * epochs.get(i).images();
    }
  }

  /**
   * Lays a recipe out.
   *
   * @param costPerImage of an epoch, from 0: what an image takes there, in any unit
   */
  public static Course of(Extent extent, Sizes sizes, IntToDoubleFunction costPerImage) {
    List<BatchPlan> epochs = new ArrayList<>();
    long update = 0;
    for (int i = 0; i < extent.epochs; i++) {
      int epoch = i;
      long first = update;
      BatchPlan plan =
          cut(
              extent.images,
              extent.accumulate,
              (at, done) -> sizes.at(epoch + (double) at / extent.images, first + done));
      epochs.add(plan);
      update += (plan.batches() + extent.accumulate - 1L) / extent.accumulate;
    }
    return new Course(extent, epochs, costPerImage);
  }

  /**
   * Batches of one size throughout.
   *
   * @param batches an epoch
   */
  public static Course uniform(int batches, int epochs, int accumulate) {
    return of(new Extent(batches, epochs, accumulate), (epoch, update) -> 1, epoch -> 1);
  }

  /** The size of an update's batches, by images of the epoch and updates before it. */
  private interface Next {
    int size(int image, long update);
  }

  /** As many whole batches as there are images for, or one of all images. */
  private static BatchPlan cut(int images, int accumulate, Next next) {
    List<BatchPlan.Run> runs = new ArrayList<>();
    int used = 0;
    for (long update = 0; used < images; update++) {
      int size = next.size(used, update);
      int batches = Math.min(accumulate, (images - used) / size);
      if (batches == 0) {
        break;
      }
      runs.add(new BatchPlan.Run(batches, size));
      used += batches * size;
    }
    return runs.isEmpty() ? BatchPlan.of(1, images) : new BatchPlan(runs);
  }

  /** The batches of an epoch of the recipe, from 0, or of one behind its last. */
  public BatchPlan plan(int epoch) {
    return epochs.get(Math.min(epoch, epochs.size() - 1));
  }

  /**
   * The batches of an epoch of a run that is fitted to a time, which need not be as long as the
   * recipe.
   *
   * @param begin updates before the epoch
   * @param pace by what is known at its beginning
   */
  public BatchPlan plan(long begin, Pace pace) {
    LongToIntFunction size = update -> size(pace.planned(begin + update, begin));
    return cut(images, accumulate, (image, update) -> size.applyAsInt(update));
  }

  private long updates(BatchPlan plan) {
    return (plan.batches() + accumulate - 1L) / accumulate;
  }

  /** Of the recipe. */
  public long updates() {
    return starts[epochs.size()];
  }

  /** Mean over the recipe's epochs. */
  public double updatesPerEpoch() {
    return (double) updates() / epochs.size();
  }

  /** The images' batches in the first epoch. */
  public BatchPlan first() {
    return epochs.get(0);
  }

  /** The epoch, from 0, of an update of the recipe, from 0. */
  public int epoch(double update) {
    int place = Arrays.binarySearch(starts, (long) Math.floor(update));
    return Math.min(epochs.size() - 1, place >= 0 ? place : -place - 2);
  }

  /** Images of a batch of an update. */
  private int size(long update) {
    int epoch = epoch(update);
    BatchPlan plan = epochs.get(epoch);
    long batch = (update - starts[epoch]) * accumulate;
    return plan.size((int) Math.min(batch, plan.batches() - 1L));
  }

  /** Updates in so many epochs, which may be more than the recipe's. */
  public long updatesIn(double epochsOver) {
    int whole = (int) Math.min(epochs.size() - 1.0, Math.floor(epochsOver));
    return Math.round(starts[whole] + (epochsOver - whole) * updates(epochs.get(whole)));
  }

  /** Epochs that so many updates make. */
  public double epochsIn(double updatesOver) {
    int epoch = epoch(updatesOver);
    return epoch + (updatesOver - starts[epoch]) / updates(epochs.get(epoch));
  }

  /** Of so many updates of an epoch, whose last one may be of fewer than the others. */
  private double batches(BatchPlan plan, double updatesOver) {
    long whole = (long) updatesOver;
    double before = Math.min(plan.batches(), (double) whole * accumulate);
    double behind = Math.min(plan.batches(), (whole + 1.0) * accumulate);
    return before + (updatesOver - whole) * (behind - before);
  }

  /** What so many updates of the recipe, with their fraction, take together. */
  public double costOf(double updatesOver) {
    double most = Math.min(updatesOver, updates());
    int epoch = epoch(most);
    BatchPlan plan = epochs.get(epoch);
    double batches = batches(plan, most - starts[epoch]);
    int whole = (int) batches;
    double seen = plan.before(whole);
    if (whole < plan.batches()) {
      seen += (batches - whole) * plan.size(whole);
    }
    return costs[epoch] + costPerImage[epoch] * seen;
  }
}
