package io.github.repvgg4j.train.run;

import io.github.repvgg4j.data.set.DataIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * How far a run has come: together with the arrays of {@code GraphTrainer.state} all that a resumed
 * run needs, since every random choice follows from seed, epoch and index.
 *
 * @param fingerprint of the configuration
 * @param data hash of the images' identity
 * @param epoch the epoch that is being trained, from 0
 * @param batch the next batch of that epoch
 * @param iteration updates so far
 * @param steps batches so far
 * @param lossSum of the epoch's images so far
 * @param images of the epoch so far
 * @param epochSeconds of the epoch so far
 * @param seconds of the run so far
 * @param bestEpoch epoch of model.zip, from 1; 0 for none
 * @param bestTop1 its test accuracy
 * @param metrics of the finished epochs
 * @param lengths what was decided about the run's length; nothing but for a time budget
 */
public record Progress(
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
    double bestTop1,
    List<EpochMetrics> metrics,
    Lengths lengths) {

  public Progress {
    lengths = lengths == null ? Lengths.NONE : lengths; // of before there were budgets
    metrics = List.copyOf(metrics);
  }

  /** Before the first batch. */
  public static Progress start(String fingerprint, DataIdentity data) {
    return new Progress(
        fingerprint, data.sha256(), 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, List.of(), Lengths.NONE);
  }

  /** Test accuracy of the last epoch that was tested; NaN before the first. */
  public double lastTop1() {
    return metrics.stream()
        .map(EpochMetrics::top1)
        .filter(Objects::nonNull)
        .reduce((first, second) -> second)
        .orElse(Double.NaN);
  }

  /** Of the epoch's images so far. */
  public double meanLoss() {
    return lossSum / Math.max(1, images);
  }

  /** Of the epoch so far, training only. */
  public double imagesPerSecond() {
    return images / Math.max(1e-9, epochSeconds);
  }

  /** The epoch is over. */
  public Progress nextEpoch(EpochMetrics finished) {
    List<EpochMetrics> more = new ArrayList<>(metrics);
    more.add(finished);
    return new Progress(
        fingerprint,
        data,
        epoch + 1,
        0,
        iteration,
        steps,
        0,
        0,
        0,
        finished.seconds(),
        bestEpoch,
        bestTop1,
        more,
        lengths);
  }

  public Progress withLengths(Lengths decided) {
    return new Progress(
        fingerprint,
        data,
        epoch,
        batch,
        iteration,
        steps,
        lossSum,
        images,
        epochSeconds,
        seconds,
        bestEpoch,
        bestTop1,
        metrics,
        decided);
  }

  /** Tests since the best one; 0 before the first. */
  public int testsWithoutBetter() {
    int since = 0;
    double best = Double.NEGATIVE_INFINITY;
    for (EpochMetrics epoch : metrics) {
      if (epoch.top1() != null) {
        since = epoch.top1() > best ? 0 : since + 1;
        best = Math.max(best, epoch.top1());
      }
    }
    return since;
  }

  /** The weights of this epoch (from 1) are the best so far. */
  public Progress withBest(int newBestEpoch, double top1) {
    return new Progress(
        fingerprint,
        data,
        epoch,
        batch,
        iteration,
        steps,
        lossSum,
        images,
        epochSeconds,
        seconds,
        newBestEpoch,
        top1,
        metrics,
        lengths);
  }
}
