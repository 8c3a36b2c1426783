package io.github.repvgg4j.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * How well a network tells which classes images show, where each class stands by itself. Figures
 * are those of scikit-learn: {@code f1_score} (0 where nothing is there to divide by), {@code
 * average_precision_score}, {@code accuracy_score}.
 *
 * @param images looked at
 * @param threshold probability from which on a class counts as answered
 * @param meanAveragePrecision mean over the classes that some image shows, null where there is no
 *     such class; no threshold is in it
 * @param microF1 of all answers together
 * @param macroF1 the mean over all classes
 * @param exactMatch share of the images whose classes are all answered and no other
 * @param classes figures of each class, in the order of the outputs
 */
public record LabelFigures(
    long images,
    double threshold,
    Double meanAveragePrecision,
    double microF1,
    double macroF1,
    double exactMatch,
    List<OneClass> classes) {

  /**
   * One class.
   *
   * @param images that show it
   * @param precision share of the answers with this class that are right
   * @param recall share of the images that show it for which it is answered
   * @param f1 harmonic mean of both
   * @param averagePrecision area under precision over recall, in steps; null where no image shows
   *     it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OneClass(
      int images, double precision, double recall, double f1, Double averagePrecision) {}

  public LabelFigures {
    classes = List.copyOf(classes);
  }
}
