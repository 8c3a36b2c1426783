package io.github.repvgg4j.train.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import io.github.repvgg4j.data.set.DataIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
 * @param bestScore what its test came to, by the measure of the run
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
    @JsonAlias("bestTop1") double bestScore,
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

  /** The last epoch that was tested. */
  public Optional<EpochMetrics> lastTest() {
    return metrics.stream()
        .filter(epoch -> epoch.testLoss() != null)
        .reduce((first, second) -> second);
  }

  /** The epoch of model.zip. */
  public Optional<EpochMetrics> best() {
    return metrics.stream().filter(epoch -> epoch.epoch() == bestEpoch).findFirst();
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
        bestScore,
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
        bestScore,
        metrics,
        decided);
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

  /** The weights of this epoch (from 1) are the best so far. */
  public Progress withBest(int newBestEpoch, double score) {
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
        score,
        metrics,
        lengths);
  }
}
