package io.github.repvgg4j.train.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.repvgg4j.data.set.DataIdentity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How far a run has come: together with the arrays of {@code GraphTrainer.state} all that a resumed
 * run needs, since every random choice follows from seed, epoch and index.
 *
 * @param fingerprint of the configuration
 * @param data hash of the images' identity
 * @param position where it stands
 * @param sums of the epoch that is being trained
 * @param seconds of the run so far
 * @param best what model.zip holds
 * @param metrics of the finished epochs
 * @param lengths what was decided about the run's length; nothing but for a time budget
 * @param badImages name and fault of those that were left out, at most {@value #MAX_BAD_IMAGES}
 */
public record Progress(
    String fingerprint,
    String data,
    Position position,
    Sums sums,
    double seconds,
    Best best,
    List<EpochMetrics> metrics,
    Lengths lengths,
    Map<String, String> badImages) {

  /** All that a checkpoint keeps, which is of a bounded size. */
  static final int MAX_BAD_IMAGES = 10_000;

  public Progress {
    lengths = lengths == null ? Lengths.NONE : lengths; // of before there were budgets
    metrics = List.copyOf(metrics);
    badImages = badImages == null ? Map.of() : some(badImages); // of before they were kept
  }

  private static Map<String, String> some(Map<String, String> all) {
    SortedMap<String, String> first = new TreeMap<>();
    new TreeMap<>(all)
        .entrySet().stream()
            .limit(MAX_BAD_IMAGES)
            .forEach(each -> first.put(each.getKey(), each.getValue()));
    return Collections.unmodifiableSortedMap(first);
  }

  /**
   * Where a run stands.
   *
   * @param epoch the epoch that is being trained, from 0
   * @param batch the next batch of that epoch
   * @param iteration updates so far
   * @param steps batches so far
   */
  public record Position(int epoch, int batch, long iteration, int steps) {}

  /**
   * Of an epoch so far.
   *
   * @param lossSum over its images
   * @param images trained on
   * @param epochSeconds spent
   */
  public record Sums(double lossSum, long images, double epochSeconds) {

    /** Before an epoch's first batch. */
    public static final Sums NONE = new Sums(0, 0, 0);
  }

  /**
   * The weights that are the result so far.
   *
   * @param bestEpoch theirs, from 1; 0 for none
   * @param bestScore what their test came to, by the measure of the run
   */
  public record Best(int bestEpoch, double bestScore) {

    /** Before the first test. */
    public static final Best NONE = new Best(0, -1);
  }

  /**
   * How a checkpoint holds it, by every Jackson since 2.12: Spark brings an older one than ours,
   * which can't take the parts apart itself.
   */
  private record Flat(
      String fingerprint,
      String data,
      int epoch,
      int batch,
      long iteration,
      int steps,
      double lossSum,
      long images,
      double epochSeconds,
      double seconds,
      int bestEpoch,
      @JsonAlias("bestTop1") double bestScore,
      List<EpochMetrics> metrics,
      Lengths lengths,
      Map<String, String> badImages) {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Progress of(Flat flat) {
    return new Progress(
        flat.fingerprint,
        flat.data,
        new Position(flat.epoch, flat.batch, flat.iteration, flat.steps),
        new Sums(flat.lossSum, flat.images, flat.epochSeconds),
        flat.seconds,
        new Best(flat.bestEpoch, flat.bestScore),
        flat.metrics,
        flat.lengths,
        flat.badImages);
  }

  @JsonValue
  Flat flat() {
    return new Flat(
        fingerprint,
        data,
        position.epoch,
        position.batch,
        position.iteration,
        position.steps,
        sums.lossSum,
        sums.images,
        sums.epochSeconds,
        seconds,
        best.bestEpoch,
        best.bestScore,
        metrics,
        lengths,
        badImages);
  }

  /** Before the first batch. */
  public static Progress start(String fingerprint, DataIdentity data) {
    Position first = new Position(0, 0, 0, 0);
    return new Progress(
        fingerprint,
        data.sha256(),
        first,
        Sums.NONE,
        0,
        Best.NONE,
        List.of(),
        Lengths.NONE,
        Map.of());
  }

  public int epoch() {
    return position.epoch();
  }

  public int batch() {
    return position.batch();
  }

  public long iteration() {
    return position.iteration();
  }

  public int steps() {
    return position.steps();
  }

  /** Updates before the epoch that is being trained. */
  public long updatesBeforeEpoch() {
    return metrics.isEmpty() ? 0 : metrics.get(metrics.size() - 1).iteration();
  }

  /** The last epoch that was tested. */
  public Optional<EpochMetrics> lastTest() {
    return metrics.stream()
        .filter(epoch -> epoch.testLoss() != null)
        .reduce((first, second) -> second);
  }

  /** The epoch of model.zip. */
  public Optional<EpochMetrics> bestTest() {
    return metrics.stream().filter(epoch -> epoch.epoch() == best.bestEpoch()).findFirst();
  }

  /** Of the epoch's images so far. */
  public double meanLoss() {
    return sums.lossSum() / Math.max(1, sums.images());
  }

  /** Of the epoch so far, training only. */
  public double imagesPerSecond() {
    return sums.images() / Math.max(1e-9, sums.epochSeconds());
  }

  /** The epoch is over. */
  public Progress nextEpoch(EpochMetrics finished) {
    List<EpochMetrics> more = new ArrayList<>(metrics);
    more.add(finished);
    Position next = new Position(epoch() + 1, 0, iteration(), steps());
    return new Progress(
        fingerprint, data, next, Sums.NONE, finished.seconds(), best, more, lengths, badImages);
  }

  /** The same run at another place of its epoch. */
  public Progress at(Position newPosition, Sums newSums, double newSeconds) {
    return new Progress(
        fingerprint, data, newPosition, newSums, newSeconds, best, metrics, lengths, badImages);
  }

  public Progress withBadImages(Map<String, String> found) {
    return new Progress(fingerprint, data, position, sums, seconds, best, metrics, lengths, found);
  }

  public Progress withLengths(Lengths decided) {
    return new Progress(
        fingerprint, data, position, sums, seconds, best, metrics, decided, badImages);
  }

  /** Tests since the best one; 0 before the first. */
  public int testsWithoutBetter(Measure measure) {
    int since = 0;
    double best = Double.NEGATIVE_INFINITY;
    for (EpochMetrics epoch : metrics) {
      Double score = measure.of(epoch);
      if (score != null) {
        since = score > best ? 0 : since + 1;
        best = Math.max(best, score);
      }
    }
    return since;
  }

  /** Other weights are the best so far. */
  public Progress withBest(Best newBest) {
    return new Progress(
        fingerprint, data, position, sums, seconds, newBest, metrics, lengths, badImages);
  }
}
