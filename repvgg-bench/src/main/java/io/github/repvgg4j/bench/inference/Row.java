package io.github.repvgg4j.bench.inference;

/**
 * One measurement, as it stands in the JSON file.
 *
 * @param form {@code three-branch} or {@code fused}
 * @param gflops 2 x the form's multiplications / median time
 * @param fractionOfPeak of the machine's peak for that precision
 * @param peakMemoryMb most that was resident in a process of its own, the JVM included, that opens
 *     the model's file and answers two batches
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
    double maxAbsDifference) {

  Row withPeakMemoryMb(long megabytes) {
    return new Row(
        engine,
        precision,
        form,
        variant,
        batch,
        resolution,
        threads,
        medianMillis,
        p10Millis,
        p90Millis,
        imagesPerSecond,
        gflops,
        fractionOfPeak,
        megabytes,
        maxAbsDifference);
  }
}
