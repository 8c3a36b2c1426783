package io.github.repvgg4j.serve;

import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.serve.batch.BatchOptions;
import io.github.repvgg4j.serve.http.HttpLimits;
import io.github.repvgg4j.serve.http.HttpOptions;
import io.github.repvgg4j.serve.inference.InferenceOptions;
import io.github.repvgg4j.serve.model.ModelOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How a {@link Server} runs; {@code ServeOptions.of(Path.of("fast.zip")).port(8080)}.
 *
 * @param drain how long the server goes on answering after it was told to end
 * @param grace how long it then waits for the last answers
 */
public record ServeOptions(
    ModelOptions models,
    BatchOptions batching,
    InferenceOptions inference,
    HttpOptions http,
    Duration drain,
    Duration grace) {

  public ServeOptions {
    if (drain.isNegative() || grace.isNegative()) {
      throw new IllegalArgumentException("drain-delay and grace: 0 or more");
    }
  }

  /**
   * FP32 by the fastest kernels, on loopback, port 8080, on all cores, as the command line has it.
   *
   * @param files a zip, or a folder of them
   */
  public static ServeOptions of(Path files) {
    return new ServeOptions(
        new ModelOptions(files, Precision.FP32, Convolutions.FASTEST, Duration.ofSeconds(1)),
        new BatchOptions(Runtime.getRuntime().availableProcessors(), Duration.ofMillis(2), 16),
        new InferenceOptions(256, Duration.ofSeconds(1), Duration.ofSeconds(10), 25_000_000),
        new HttpOptions("127.0.0.1", 8080, Optional.empty(), Set.of(), HttpLimits.STANDARD),
        Duration.ofSeconds(3),
        Duration.ofSeconds(20));
  }

  public ServeOptions models(ModelOptions newModels) {
    return new ServeOptions(newModels, batching, inference, http, drain, grace);
  }

  public ServeOptions batching(BatchOptions newBatching) {
    return new ServeOptions(models, newBatching, inference, http, drain, grace);
  }

  public ServeOptions inference(InferenceOptions newInference) {
    return new ServeOptions(models, batching, newInference, http, drain, grace);
  }

  public ServeOptions http(HttpOptions newHttp) {
    return new ServeOptions(models, batching, inference, newHttp, drain, grace);
  }

  /**
   * @param newPort 0 for any that is free
   */
  public ServeOptions port(int newPort) {
    return http(
        new HttpOptions(http.host(), newPort, http.token(), http.corsOrigins(), http.limits()));
  }

  public ServeOptions precision(Precision precision) {
    return models(
        new ModelOptions(models.files(), precision, models.convolutions(), models.poll()));
  }

  /** {@link Convolutions#DIRECT} for the same bits in every answer, whatever else is computed. */
  public ServeOptions convolutions(Convolutions convolutions) {
    return models(
        new ModelOptions(models.files(), models.precision(), convolutions, models.poll()));
  }

  public ServeOptions ending(Duration newDrain, Duration newGrace) {
    return new ServeOptions(models, batching, inference, http, newDrain, newGrace);
  }
}
