package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.answer.LabelFigures;
import io.github.repvgg4j.train.run.TestFigures;
import java.io.Serializable;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** How well a network does on labelled images. */
public sealed interface Evaluation {

  /** Images looked at. */
  long images();

  /** Mean loss without smoothing, mixing and class weights. */
  double loss();

  /** The figures of an epoch's line. */
  TestFigures figures();

  /** Of each class the share of its images that was recognised; NaN where it has none. */
  double[] recalls();

  /** Of each class the tested images that show it. */
  int[] classImages();

  /**
   * Where each image has one class.
   *
   * @param images looked at
   * @param loss mean cross-entropy without smoothing
   * @param top1 share whose likeliest class is the true one
   * @param top5 share whose five likeliest classes hold the true one; 1 where there are no more
   * @param confusion {@code [true class][predicted class]}, counts
   * @param answers one for each image
   */
  @SuppressWarnings("ArrayRecordComponent")
  record OneClass(
      long images, double loss, double top1, double top5, int[][] confusion, List<Answer> answers)
      implements Evaluation {

    public OneClass {
      answers = List.copyOf(answers);
    }

    @Override
    public double[] recalls() {
      int[] own = classImages();
      return IntStream.range(0, own.length)
          .mapToDouble(c -> own[c] == 0 ? Double.NaN : (double) confusion[c][c] / own[c])
          .toArray();
    }

    @Override
    public int[] classImages() {
      return IntStream.range(0, confusion.length)
          .map(c -> IntStream.of(confusion[c]).sum())
          .toArray();
    }

    /**
     * The mean of {@link #recalls} over the classes that have images: scikit-learn's {@code
     * balanced_accuracy_score}.
     */
    public double balancedAccuracy() {
      return DoubleStream.of(recalls()).filter(r -> !Double.isNaN(r)).average().orElseThrow();
    }

    @Override
    public TestFigures figures() {
      return TestFigures.ofOneClass(loss, top1, top5, balancedAccuracy());
    }
  }

  /**
   * What the network said of one image; images keep the loader's order.
   *
   * @param truth its class
   * @param predicted the likeliest class
   * @param confidence probability of that class
   */
  record Answer(int truth, int predicted, float confidence) implements Serializable {}

  /**
   * Where each class stands by itself.
   *
   * @param loss mean over the images of the sum over the classes of the binary cross-entropy
   * @param labels at a threshold of 0.5
   */
  record SeveralClasses(double loss, LabelFigures labels) implements Evaluation {

    @Override
    public long images() {
      return labels.images();
    }

    @Override
    public double[] recalls() {
      return labels.classes().stream()
          .mapToDouble(c -> c.images() == 0 ? Double.NaN : c.recall())
          .toArray();
    }

    @Override
    public int[] classImages() {
      return labels.classes().stream().mapToInt(LabelFigures.OneClass::images).toArray();
    }

    @Override
    public TestFigures figures() {
      return TestFigures.ofSeveralClasses(
          loss,
          labels.meanAveragePrecision(),
          labels.microF1(),
          labels.macroF1(),
          labels.exactMatch());
    }
  }
}
