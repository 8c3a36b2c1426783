package io.github.repvgg4j.train.run;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param epoch from 1
 * @param iteration updates so far
 * @param learningRate of the epoch's last update
 * @param trainLoss mean over the epoch's batches, with smoothing and mixing
 * @param testLoss mean cross-entropy of the test images; absent where the epoch was not tested
 * @param top1 of the test images
 * @param top5 of the test images
 * @param balancedAccuracy of the test images: the mean over the classes of the share of each that
 *     was recognised
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
    double imagesPerSecond,
    double seconds) {}
