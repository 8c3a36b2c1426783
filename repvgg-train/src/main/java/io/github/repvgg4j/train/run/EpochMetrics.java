package io.github.repvgg4j.train.run;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One line of {@code metrics.jsonl}; figures of the test are absent where the epoch was not tested
 * or where they say nothing, as {@link TestFigures} has it.
 *
 * @param epoch from 1
 * @param iteration updates so far
 * @param learningRate of the epoch's last update
 * @param trainLoss mean over the epoch's batches, with smoothing, mixing and class weights
 * @param testLoss mean loss of the test images, without them
 * @param top1 of the test images
 * @param top5 of the test images
 * @param balancedAccuracy of the test images
 * @param meanAveragePrecision of the test images
 * @param microF1 of the test images
 * @param macroF1 of the test images
 * @param exactMatch of the test images
 * @param imagesPerSecond training only
 * @param seconds since the start of the run, earlier parts of a resumed one included
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EpochMetrics(
    int epoch,
    long iteration,
    double learningRate,
    double trainLoss,
    Double testLoss,
    Double top1,
    Double top5,
    Double balancedAccuracy,
    Double meanAveragePrecision,
    Double microF1,
    Double macroF1,
    Double exactMatch,
    double imagesPerSecond,
    double seconds) {

  /**
   * What was trained in an epoch.
   *
   * @param epoch from 1
   * @param iteration updates so far
   * @param learningRate of the epoch's last update
   * @param loss mean over the epoch's batches
   * @param imagesPerSecond training only
   */
  public record Trained(
      int epoch, long iteration, double learningRate, double loss, double imagesPerSecond) {}

  /**
   * @param seconds since the start of the run
   */
  public static EpochMetrics of(Trained trained, TestFigures test, double seconds) {
    return new EpochMetrics(
        trained.epoch,
        trained.iteration,
        trained.learningRate,
        trained.loss,
        test.loss(),
        test.top1(),
        test.top5(),
        test.balancedAccuracy(),
        test.meanAveragePrecision(),
        test.microF1(),
        test.macroF1(),
        test.exactMatch(),
        trained.imagesPerSecond,
        seconds);
  }
}
