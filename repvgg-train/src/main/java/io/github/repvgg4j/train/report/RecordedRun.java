package io.github.repvgg4j.train.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.train.config.ConfigDifference;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.EpochMetrics;
import io.github.repvgg4j.train.run.Measure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A run as its folder tells it.
 *
 * @param name of the folder, as given
 * @param metrics of its epochs, at least one
 * @param result result.json; a missing node where the run has not ended
 * @param keys the configuration, key path to value
 * @param chosenBy what says which epoch is the best
 * @param data which images it saw; empty where that is not known
 */
record RecordedRun(
    String name,
    List<EpochMetrics> metrics,
    JsonNode result,
    Map<String, String> keys,
    Measure chosenBy,
    Optional<DataIdentity> data) {

  private static final String GENERATED = "data.generated.";
  private static final String SELECT = "training.select";

  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * @throws IOException one line: which folder or file, what is wrong
   */
  static RecordedRun read(Path folder) throws IOException {
    Path metricsFile = folder.resolve("metrics.jsonl");
    if (!Files.isRegularFile(metricsFile)) {
      throw new IOException(folder + ": holds no run (no metrics.jsonl)");
    }
    List<EpochMetrics> metrics = new ArrayList<>();
    for (String line : Files.readAllLines(metricsFile)) {
      metrics.add(parse(metricsFile, line, EpochMetrics.class));
    }
    if (metrics.isEmpty()) {
      throw new IOException(folder + ": no epoch of this run has ended");
    }
    Path resultFile = folder.resolve("result.json");
    JsonNode result =
        Files.isRegularFile(resultFile)
            ? parse(resultFile, Files.readString(resultFile), JsonNode.class)
            : JSON.missingNode();
    TrainConfig config = ConfigFiles.read(folder.resolve("config.yaml"));
    return new RecordedRun(
        folder.toString(),
        List.copyOf(metrics),
        result,
        ConfigDifference.leaves(config),
        config.training().measure(),
        data(folder.resolve("data.json")));
  }

  private static Optional<DataIdentity> data(Path file) throws IOException {
    return Files.isRegularFile(file)
        ? Optional.of(parse(file, Files.readString(file), DataIdentity.class))
        : Optional.empty();
  }

  private static <T> T parse(Path file, String json, Class<T> type) throws IOException {
    try {
      T value = JSON.readValue(json, type);
      if (value != null) {
        return value;
      }
      throw new IOException(file + ": is damaged (empty)");
    } catch (JsonProcessingException e) {
      throw new IOException(file + ": is damaged: no JSON that this program writes", e);
    }
  }

  boolean isOfGeneratedImages() {
    return keys.keySet().stream().anyMatch(key -> key.startsWith(GENERATED));
  }

  /** Whether other images chose the best epoch, and {@code test} was kept for the end. */
  boolean hasValidation() {
    return data.filter(images -> images.splits().containsKey("val")).isPresent()
        || Arrays.stream(Measure.values()).anyMatch(measure -> result.has(measure.finalKey()));
  }

  /** What chose the epoch says of it, 0 to 1; NaN where {@code test} chose it. */
  double validation(Measure measure) {
    return hasValidation() ? of(measure) : Double.NaN;
  }

  /** On {@code test}, 0 to 1; NaN where that was not asked. */
  double test(Measure measure) {
    return hasValidation() ? result.path(measure.finalKey()).asDouble(Double.NaN) : of(measure);
  }

  /**
   * A figure of model.zip on the images that choose the epoch, 0 to 1; while the run goes on, of
   * the model.zip so far. NaN without any.
   */
  double of(Measure measure) {
    return result.path(measure.key()).asDouble(soFar(measure));
  }

  /** Of the epoch that was chosen by the run's measure. */
  private double soFar(Measure measure) {
    if (keys.getOrDefault(SELECT, "").equals("last")) {
      return last(measure);
    }
    Double best =
        metrics.stream()
            .filter(epoch -> chosenBy.of(epoch) != null)
            .reduce((a, b) -> chosenBy.of(b) > chosenBy.of(a) ? b : a)
            .map(measure::of)
            .orElse(null);
    return best == null ? Double.NaN : best;
  }

  /** After the last tested epoch. */
  double last(Measure measure) {
    List<Double> tests = tests(measure);
    return tests.isEmpty() ? Double.NaN : tests.get(tests.size() - 1);
  }

  private List<Double> tests(Measure measure) {
    return metrics.stream().map(measure::of).filter(Objects::nonNull).toList();
  }

  /** Whether the best epoch was chosen by it. */
  boolean isChosenBy(Measure measure) {
    return measure == chosenBy;
  }

  double seconds() {
    return result.path("seconds").asDouble(metrics.get(metrics.size() - 1).seconds());
  }

  /** "-" while the run goes on. */
  String parameters() {
    return result.has("parameters") ? Text.format("%,d", result.path("parameters").asLong()) : "-";
  }
}
