package io.github.repvgg4j.serve.command;

import io.github.repvgg4j.serve.batch.BatchOptions;
import io.github.repvgg4j.serve.inference.InferenceOptions;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How images are computed, and how many may wait. */
final class WorkOptions {

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Cores to use; 0 for all that this process may use (default).")
  private int threads;

  @Option(
      names = "--batch-delay",
      paramLabel = "TIME",
      defaultValue = "2ms",
      converter = Amounts.DurationConverter.class,
      description =
          "What an image waits for others at most, where batches are faster and others are on their"
              + " way (default: ${DEFAULT-VALUE}).")
  private Duration delay;

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Largest batch that is tried when the fastest is measured (default: ${DEFAULT-VALUE}); 1"
              + " for none.")
  private int largest;

  @Option(
      names = "--queue",
      paramLabel = "IMAGES",
      defaultValue = "256",
      description = "Images in the server at once (default: ${DEFAULT-VALUE}); beyond it 503.")
  private int queue;

  @Option(
      names = "--max-wait",
      paramLabel = "TIME",
      defaultValue = "1s",
      converter = Amounts.DurationConverter.class,
      description =
          "Refuse at once, by 503, what would wait longer than that for those before it, by the"
              + " speed of the last images (default: ${DEFAULT-VALUE}).")
  private Duration wait;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = Amounts.DurationConverter.class,
      description =
          "Give up a request that has no answer after this time (default: ${DEFAULT-VALUE}); a"
              + " request may ask for less.")
  private Duration deadline;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      defaultValue = "25000000",
      description = "Refuse images with more pixels (default: ${DEFAULT-VALUE}).")
  private long pixels;

  BatchOptions batching() {
    int cores = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    return new BatchOptions(cores, delay, largest);
  }

  InferenceOptions inference() {
    return new InferenceOptions(queue, wait, deadline, pixels);
  }
}
