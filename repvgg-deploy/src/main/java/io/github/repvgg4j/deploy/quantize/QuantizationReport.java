package io.github.repvgg4j.deploy.quantize;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.repvgg4j.deploy.quantize.gate.PairedDrop;
import io.github.repvgg4j.deploy.quantize.scheme.Noise.LayerNoise;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * What quantising came to; beside an INT8 zip as {@code INT8.report.json}, and inside it without
 * {@code int8}.
 *
 * @param schema version of this format
 * @param fast the input
 * @param int8 the output; null inside the zip
 * @param calibration what the scales were chosen by
 * @param scheme how
 * @param logitSqnrDb signal to noise of the logits on the last quarter of the calibration images,
 *     which nothing was fitted to, dB
 * @param layers of those in integers: signal to noise at their outputs, dB
 * @param accuracy on the test images
 * @param environment versions and machine
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record QuantizationReport(
    int schema,
    FileFacts fast,
    FileFacts int8,
    CalibrationFacts calibration,
    SchemeFacts scheme,
    double logitSqnrDb,
    List<LayerNoise> layers,
    AccuracyFacts accuracy,
    Map<String, String> environment) {

  /** Version of the format. */
  public static final int SCHEMA = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A zip. */
  public record FileFacts(String file, String sha256, long bytes) {}

  /**
   * @param images how many
   * @param sha256 of their files, in their order
   */
  public record CalibrationFacts(String data, int images, String sha256) {}

  /**
   * @param activations rule that clips them
   * @param weightLimit largest magnitude of a weight in integers
   * @param rounding of weights: {@code gptq} or {@code nearest}
   * @param biasCorrection whether the mean error of each channel was taken out
   * @param equalisedPairs of layers whose channels were brought to like ranges
   * @param keptFloat layers that stay float32
   */
  public record SchemeFacts(
      String activations,
      int weightLimit,
      String rounding,
      boolean biasCorrection,
      int equalisedPairs,
      List<String> keptFloat) {}

  /**
   * Shares of the test images, 0 to 1; the interval is of 95 %, paired (Tango 1998).
   *
   * @param images how many
   * @param badImages left out because they cannot be read
   * @param fp32 classed rightly by the float32 network
   * @param int8 by the INT8 network
   * @param drop the one less the other
   * @param onlyFp32 images that only the float32 network classes rightly
   * @param onlyInt8 those that only the INT8 network does
   * @param maxDrop largest {@code upper} that was allowed
   * @param computedBy who computed the INT8 network
   */
  public record AccuracyFacts(
      int images,
      int badImages,
      double fp32,
      double int8,
      double drop,
      double lower,
      double upper,
      int onlyFp32,
      int onlyInt8,
      double maxDrop,
      String computedBy) {

    static AccuracyFacts of(PairedDrop drop, int badImages, double maxDrop, String computedBy) {
      return new AccuracyFacts(
          drop.images(),
          badImages,
          drop.first(),
          drop.second(),
          drop.drop(),
          drop.lower(),
          drop.upper(),
          drop.onlyFirst(),
          drop.onlySecond(),
          maxDrop,
          computedBy);
    }
  }

  QuantizationReport withInt8(FileFacts written) {
    return new QuantizationReport(
        schema, fast, written, calibration, scheme, logitSqnrDb, layers, accuracy, environment);
  }

  /** As the zip holds it. */
  JsonNode toTree() {
    return JSON.valueToTree(this);
  }

  /** As the file holds it. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
