package io.github.repvgg4j.deploy.convert;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The proof beside a fast zip, {@code FAST.report.json}. Differences are of the logits.
 *
 * @param schema version of this format
 * @param model the input
 * @param fast the output
 * @param comparedOn what both forms were given, in words
 * @param images how many
 * @param maxAbsDifference max|model - fast|
 * @param maxRelDifference max|model - fast| / max|model|; of several outputs the largest
 * @param limit largest maxRelDifference allowed
 * @param top1Agreement share of images (of a head of feature maps: of their pixels) for which both
 *     put the same class first; null where no output is one of classes
 * @param accuracy share of images classed rightly, where their classes are known; else null
 * @param outputs each output by itself
 * @param layers each fused convolution against what it replaces
 * @param fused what was fused, in words
 * @param refused what is linear and was not fused, and why
 * @param corrected where Deeplearning4j computes something else than the graph says, and the fast
 *     form does what it says
 * @param latency of both forms; null where not measured
 * @param environment versions and machine
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConversionReport(
    int schema,
    Form model,
    Form fast,
    String comparedOn,
    int images,
    double maxAbsDifference,
    double maxRelDifference,
    double limit,
    Double top1Agreement,
    Accuracy accuracy,
    List<OutputDifference> outputs,
    List<LayerDifference> layers,
    List<String> fused,
    List<String> refused,
    List<String> corrected,
    Latency latency,
    Map<String, String> environment) {

  /** Version of the format. */
  public static final int SCHEMA = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * One form of the network.
   *
   * @param file path of its zip
   * @param sha256 of its zip
   * @param bytes size of its zip, the optimizer's state included where it has one
   * @param network class that computes it
   * @param parameters numbers that training changes, without BatchNorm's running statistics
   * @param macs multiply-accumulates for one image
   */
  public record Form(
      String file, String sha256, long bytes, String network, long parameters, long macs) {}

  /**
   * Accuracy on the images compared, 0 to 1.
   *
   * @param model of the training form
   * @param fast of the fast form
   */
  public record Accuracy(double model, double fast) {}

  /**
   * One output of the network.
   *
   * @param name of the layer that gives it
   * @param function what makes its answers of its logits, such as {@code softmax}
   * @param shape of what it gives for one image
   * @param maxAbsDifference of the logits
   * @param maxRelDifference max|model - fast| / max|model|
   */
  public record OutputDifference(
      String name,
      String function,
      List<Long> shape,
      double maxAbsDifference,
      double maxRelDifference) {}

  /**
   * One fused convolution.
   *
   * @param name in the fast network
   * @param replaces the layer of the training form with the same output
   * @param maxAbsDifference of the activations
   * @param maxRelDifference max|a - b| / max|a|
   */
  public record LayerDifference(
      String name, String replaces, double maxAbsDifference, double maxRelDifference) {}

  /**
   * Medians of interleaved calls, after warm-up.
   *
   * @param batch images a call
   * @param rounds calls of each form
   * @param modelMillis milliseconds a call, training form
   * @param fastMillis milliseconds a call, fast form
   * @param speedup how many times faster the fast form is
   * @param modelLayers which layers had fast helpers
   * @param fastLayers the same for the fast form
   */
  public record Latency(
      int batch,
      int rounds,
      double modelMillis,
      double fastMillis,
      double speedup,
      String modelLayers,
      String fastLayers) {}

  /** As the file holds it. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
