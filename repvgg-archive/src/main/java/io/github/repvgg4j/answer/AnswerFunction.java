package io.github.repvgg4j.answer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Optional;

/** What a network's head makes of its logits. */
public interface AnswerFunction {

  /**
   * From logits to answers.
   *
   * @param logits one for each class, of one image; not changed
   * @return as many; the caller's
   */
  double[] of(double[] logits);

  /** What the answers say. */
  Meaning meaning();

  /** Its name: {@code softmax}. */
  String text();

  /** From logits of single precision, as engines give them. */
  default double[] of(float[] logits) {
    double[] exact = new double[logits.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = logits[i];
    }
    return of(exact);
  }

  /**
   * The activation function of a Deeplearning4j layer.
   *
   * @param activation the layer's {@code activationFn} in {@code configuration.json}
   * @return empty for one that is not ND4J's, or not a function of single numbers or of a row
   */
  static Optional<AnswerFunction> read(JsonNode activation) {
    String name = activation.path("@class").asText();
    if (!name.startsWith(Pointwise.ND4J)) {
      return Optional.empty();
    }
    String type = name.substring(Pointwise.ND4J.length());
    return type.equals("Softmax")
        ? Optional.of(new Softmax())
        : Pointwise.function(type, activation)
            .map(
                function ->
                    new Pointwise(
                        type.toLowerCase(Locale.ROOT), Pointwise.meaning(type), function));
  }
}
