package io.github.repvgg4j.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;

/**
 * A function of each number by itself, as {@code org.nd4j.linalg.activations.impl} has it.
 *
 * @param function of one logit
 */
record Pointwise(String text, Meaning meaning, DoubleUnaryOperator function)
    implements AnswerFunction {

  /** What the names of ND4J's functions begin with. */
  static final String ND4J = "org.nd4j.linalg.activations.impl.Activation";

  /** Klambauer et al., Self-Normalizing Neural Networks, 2017. */
  private static final double SELU_SCALE = 1.0507009873554804934193349852946;

  private static final double SELU_ALPHA = 1.6732632423543772848170429916717;

  @Override
  public double[] of(double[] logits) {
    return DoubleStream.of(logits).map(function).toArray();
  }

  static Meaning meaning(String type) {
    return type.equals("Sigmoid") || type.equals("HardSigmoid")
        ? Meaning.INDEPENDENT_PROBABILITIES
        : Meaning.NUMBERS;
  }

  /**
   * @param type behind {@link #ND4J}
   * @param json its numbers
   */
  static Optional<DoubleUnaryOperator> function(String type, JsonNode json) {
    double alpha = json.path("alpha").asDouble();
    return Optional.ofNullable(
        switch (type) {
          case "Identity" -> x -> x;
          case "Sigmoid" -> Pointwise::sigmoid;
          case "HardSigmoid" -> x -> clip(0.2 * x + 0.5, 0, 1);
          case "TanH" -> Math::tanh;
          case "HardTanH" -> x -> clip(x, -1, 1);
          case "RectifiedTanh" -> x -> Math.max(0, Math.tanh(x));
          case "ReLU" -> relu(json);
          case "ReLU6" -> x -> clip(x, 0, 6);
          case "LReLU" -> x -> x < 0 ? alpha * x : x;
          case "ELU" -> x -> x < 0 ? alpha * Math.expm1(x) : x;
          case "SELU" -> x -> SELU_SCALE * (x < 0 ? SELU_ALPHA * Math.expm1(x) : x);
          case "SoftPlus" -> Pointwise::softPlus;
          case "SoftSign" -> x -> x / (1 + Math.abs(x));
          case "Swish" -> x -> x * sigmoid(x);
          case "Mish" -> x -> x * Math.tanh(softPlus(x));
          case "Cube" -> x -> x * x * x;
          default -> null;
        });
  }

  private static DoubleUnaryOperator relu(JsonNode json) {
    double threshold = json.path("threshold").asDouble();
    double slope = json.path("negativeSlope").asDouble();
    return threshold != 0 || json.path("max").isNumber() ? null : x -> x < 0 ? slope * x : x;
  }

  private static double clip(double x, double least, double most) {
    return Math.min(most, Math.max(least, x));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** {@code ln(1 + exp(x))} without overflow. */
  private static double softPlus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}
