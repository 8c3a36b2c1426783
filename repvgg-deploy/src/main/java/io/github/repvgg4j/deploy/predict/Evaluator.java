package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.answer.LabelScores;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.runtime.image.ImageClassifier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a model over labelled images. */
public final class Evaluator {

  private static final int TOP = 5;

  private Evaluator() {}

  /**
   * @param batch images computed at once
   * @param averaging copies of each image whose answers are averaged
   * @param badImages told of each image that cannot be read; the others go on
   * @throws IOException one line, when the data does not fit the model or no image is readable
   */
  public static EvaluationReport evaluate(
      OpenModel model,
      LabelledImages data,
      int batch,
      TestTimeAveraging averaging,
      Consumer<BadImageException> badImages)
      throws IOException {
    List<String> labels = labels(model, data);
    int n = Math.min(TOP, labels.size());
    Evaluation evaluation = new Evaluation(labels, n);
    ImageClassifier classifier = model.classifier().withBatch(batch).withAveraging(averaging);
    int bad =
        run(
            classifier,
            data,
            (index, answers) -> {
              double[] truth = new double[answers.length];
              truth[data.classOf(index)] = 1;
              evaluation.eval(row(truth), row(answers));
            },
            badImages);
    return EvaluationReport.of(evaluation, labels, n, bad);
  }

  /**
   * The same of a model whose classes do not exclude each other.
   *
   * @param threshold probability from which on a class counts as answered, 0 to 1
   */
  public static LabelReport evaluateLabels(
      OpenModel model,
      LabelledImages data,
      int batch,
      TestTimeAveraging averaging,
      double threshold,
      Consumer<BadImageException> badImages)
      throws IOException {
    List<String> labels = labels(model, data);
    LabelScores scores = new LabelScores(labels.size());
    ImageClassifier classifier = model.classifier().withBatch(batch).withAveraging(averaging);
    int bad =
        run(
            classifier,
            data,
            (index, answers) -> scores.add(answers, data.classes()[index]),
            badImages);
    return LabelReport.of(scores.figures(threshold), labels, bad);
  }

  /** Takes the answers to one image. */
  private interface Taker {
    void take(int index, double[] answers);
  }

  /** Returns how many images could not be read. */
  private static int run(
      ImageClassifier classifier,
      LabelledImages data,
      Taker taker,
      Consumer<BadImageException> badImages)
      throws IOException {
    List<BadImageException> bad = new ArrayList<>();
    classifier.classify(
        data.images(),
        new ImageClassifier.Receiver() {
          @Override
          public void answer(int index, double[] answers) {
            taker.take(index, answers);
          }

          @Override
          public void bad(int index, BadImageException fault) {
            bad.add(fault);
            badImages.accept(fault);
          }
        });
    if (bad.size() == data.images().size()) {
      throw new IOException("none of the " + data.images().size() + " images can be read");
    }
    return bad.size();
  }

  private static INDArray row(double[] values) {
    return Nd4j.createFromArray(new double[][] {values});
  }

  /** The model's labels, or one a class folder, or numbers for the outputs that have no folder. */
  private static List<String> labels(OpenModel model, LabelledImages data) throws IOException {
    int outputs = model.metadata().spec().map(s -> s.numClasses()).orElse(data.labels().size());
    if (data.labels().size() > outputs) {
      throw new IOException(
          "the data has " + data.labels().size() + " classes, the model only " + outputs);
    }
    List<String> labels = new ArrayList<>(data.labels());
    IntStream.range(labels.size(), outputs).forEach(i -> labels.add(Integer.toString(i)));
    return labels;
  }
}
