package io.github.repvgg4j.bench;

/**
 * One measurement, as it stands in the JSON file.
 *
 * @param form {@code three-branch} or {@code fused}
 * @param gflops 2 x the form's multiplications / median time
 * @param fractionOfPeak of the machine's peak for that precision
 * @param peakMemoryMb growth of the process's resident peak from opening the engine to its first
 *     answer
 * @param maxAbsDifference of the logits from stock Deeplearning4j's, three-branch
 */
public record Row(
    String engine,
    String precision,
    String form,
    String variant,
    int batch,
    int resolution,
    int threads,
    double medianMillis,
    double p10Millis,
    double p90Millis,
    double imagesPerSecond,
    double gflops,
    double fractionOfPeak,
    long peakMemoryMb,
    double maxAbsDifference) {}
