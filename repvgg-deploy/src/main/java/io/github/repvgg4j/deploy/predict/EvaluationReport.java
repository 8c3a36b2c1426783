package io.github.repvgg4j.deploy.predict;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.evaluation.classification.Evaluation;

/**
 * How well a model classes images whose classes are known; computed by Deeplearning4j's {@code
 * Evaluation}.
 *
 * @param images evaluated
 * @param badImages left out because they cannot be read
 * @param top1 share for which the likeliest class is the true one
 * @param topN share for which the true class is among the {@code n} likeliest
 * @param n 5, or the number of classes where there are fewer
 * @param classes figures of each class, in the order of the outputs
 * @param confusion {@code [true class][answered class]}, counts
 */
@SuppressWarnings("ArrayRecordComponent")
public record EvaluationReport(
    int images,
    int badImages,
    double top1,
    double topN,
    int n,
    List<ClassFigures> classes,
    int[][] confusion) {

  /**
   * One class.
   *
   * @param label its name
   * @param images of this class
   * @param precision share of the answers with this class that are right
   * @param recall share of this class's images that are answered right
   * @param f1 harmonic mean of both
   */
  public record ClassFigures(
      String label, int images, double precision, double recall, double f1) {}

  static EvaluationReport of(Evaluation evaluation, List<String> labels, int n, int badImages) {
    int count = labels.size();
    int[][] confusion = new int[count][count];
    List<ClassFigures> classes = new ArrayList<>();
    for (int actual = 0; actual < count; actual++) {
      int images = 0;
      for (int answered = 0; answered < count; answered++) {
        confusion[actual][answered] = evaluation.getConfusion().getCount(actual, answered);
        images += confusion[actual][answered];
      }
      classes.add(
          new ClassFigures(
              labels.get(actual),
              images,
              evaluation.precision(actual, 0),
              evaluation.recall(actual, 0),
              evaluation.f1(actual)));
    }
    return new EvaluationReport(
        evaluation.getNumRowCounter(),
        badImages,
        evaluation.accuracy(),
        evaluation.topNAccuracy(),
        n,
        classes,
        confusion);
  }
}
