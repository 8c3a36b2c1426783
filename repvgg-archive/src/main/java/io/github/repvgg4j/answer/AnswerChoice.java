package io.github.repvgg4j.answer;

import io.github.repvgg4j.archive.ModelMetadata;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Which classes are named of an image, likeliest first. Where nothing is said: of classes that
 * exclude each other the five likeliest, of others all that are likelier than not, which may be
 * none; one class alone always.
 *
 * @param most classes at most
 * @param least probability from which on a class is named
 */
public record AnswerChoice(OptionalInt most, OptionalDouble least) {

  private static final int USUAL_MOST = 5;

  /** What is usual for the network. */
  public static final AnswerChoice USUAL =
      new AnswerChoice(OptionalInt.empty(), OptionalDouble.empty());

  public AnswerChoice {
    if (most.isPresent() && most.getAsInt() < 1) {
      throw new IllegalArgumentException("must be at least 1, got " + most.getAsInt());
    }
    if (least.isPresent() && !(least.getAsDouble() >= 0 && least.getAsDouble() <= 1)) {
      throw new IllegalArgumentException("must be from 0 to 1, got " + least.getAsDouble());
    }
  }

  /**
   * @param answers of one image
   * @throws IllegalArgumentException one line, where a probability is asked for and the answers are
   *     none
   */
  public List<TopClass> of(double[] answers, Meaning meaning, ModelMetadata metadata) {
    check(meaning);
    boolean independent = meaning == Meaning.INDEPENDENT_PROBABILITIES;
    int count = most.orElse(independent || least.isPresent() ? answers.length : USUAL_MOST);
    boolean sifted = independent && most.isEmpty() && answers.length > 1;
    double threshold = least.orElse(sifted ? LabelScores.THRESHOLD : Double.NEGATIVE_INFINITY);
    return TopClass.of(answers, meaning, count, metadata).stream()
        .filter(top -> top.value() >= threshold)
        .toList();
  }

  /**
   * @throws IllegalArgumentException likewise
   */
  public void check(Meaning meaning) {
    if (least.isPresent() && !meaning.isProbability()) {
      throw new IllegalArgumentException("the model's answers are no probabilities");
    }
  }
}
