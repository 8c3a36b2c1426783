package io.github.repvgg4j.deploy.predict;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.repvgg4j.answer.LabelFigures;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How well a model tells which classes images show, where they do not exclude each other; figures
 * as {@link LabelFigures} has them.
 *
 * @param images evaluated
 * @param badImages left out because they cannot be read
 * @param threshold probability from which on a class counts as answered
 * @param meanAveragePrecision mean over the classes that some image shows; null where there is none
 * @param microF1 of all answers together
 * @param macroF1 the mean over all classes
 * @param exactMatch share of the images whose classes are all answered and no other
 * @param classes figures of each class, in the order of the outputs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LabelReport(
    long images,
    int badImages,
    double threshold,
    Double meanAveragePrecision,
    double microF1,
    double macroF1,
    double exactMatch,
    List<Row> classes) {

  /**
   * One class.
   *
   * @param label its name
   * @param images that show it
   * @param precision share of the answers with this class that are right
   * @param recall share of the images that show it for which it is answered
   * @param f1 harmonic mean of both
   * @param averagePrecision null where no image shows it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Row(
      String label,
      int images,
      double precision,
      double recall,
      double f1,
      Double averagePrecision) {}

  static LabelReport of(LabelFigures figures, List<String> labels, int badImages) {
    return new LabelReport(
        figures.images(),
        badImages,
        figures.threshold(),
        figures.meanAveragePrecision(),
        figures.microF1(),
        figures.macroF1(),
        figures.exactMatch(),
        IntStream.range(0, labels.size())
            .mapToObj(c -> row(labels.get(c), figures.classes().get(c)))
            .toList());
  }

  private static Row row(String label, LabelFigures.OneClass c) {
    return new Row(label, c.images(), c.precision(), c.recall(), c.f1(), c.averagePrecision());
  }
}
