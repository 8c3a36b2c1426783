package io.github.repvgg4j.train.loop;

import java.io.Serializable;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How well a network does on labelled images.
 *
 * @param images looked at
 * @param loss mean cross-entropy without smoothing
 * @param top1 share whose likeliest class is the true one
 * @param top5 share whose five likeliest classes hold the true one; 1 where there are no more
 * @param confusion {@code [true class][predicted class]}, counts
 * @param answers one for each image
 */
@SuppressWarnings("ArrayRecordComponent")
public record Evaluation(
    long images, double loss, double top1, double top5, int[][] confusion, List<Answer> answers) {

  /**
   * What the network said of one image; images keep the loader's order.
   *
   * @param truth its class
   * @param predicted the likeliest class
   * @param confidence probability of that class
   */
  public record Answer(int truth, int predicted, float confidence) implements Serializable {}

  public Evaluation {
    answers = List.copyOf(answers);
  }

  /**
   * Of each class the share of its images that was recognised; NaN where it has none among the
   * tested ones.
   */
  public double[] recalls() {
    double[] recalls = new double[confusion.length];
    for (int c = 0; c < confusion.length; c++) {
      int own = IntStream.of(confusion[c]).sum();
      recalls[c] = own == 0 ? Double.NaN : (double) confusion[c][c] / own;
    }
    return recalls;
  }

  /**
   * The mean of {@link #recalls} over the classes that have images: scikit-learn's {@code
   * balanced_accuracy_score}.
   */
  public double balancedAccuracy() {
    return DoubleStream.of(recalls()).filter(r -> !Double.isNaN(r)).average().orElseThrow();
  }
}
