package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.train.loop.Evaluation.Answer;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where each image has one class; parts counted elsewhere can be added. */
public final class EvaluationSums implements TestSums, Serializable {

  private static final long serialVersionUID = 1L;
  private static final double SMALLEST = 1e-10; // as DL4J's LossMCXENT clips

  private final List<Answer> answers = new ArrayList<>();
  private final int[][] confusion;
  private double loss;
  private long right;
  private long amongFive;

  public EvaluationSums(int classes) {
    confusion = new int[classes][classes];
  }

  @Override
  public void add(TestNetwork network, ImageBatch batch, TestTimeAveraging averaging) {
    float[] logits = logits(network, batch, averaging);
    try (INDArray rows = Floats.array(logits, batch.size(), logits.length / batch.size());
        INDArray answers = network.head().answers(rows)) {
      add(answers.toFloatMatrix(), batch.classes());
    }
  }

  /** {@code [N, classes]}, averaged over copies of the images. */
  static float[] logits(TestNetwork network, ImageBatch batch, TestTimeAveraging averaging) {
    long[] shape = batch.shape();
    return averaging.logits(
        copies -> network.logits(copies, shape), batch.features(), (int) shape[2], (int) shape[3]);
  }

  /**
   * @param probabilities {@code [images][classes]}
   */
  private void add(float[][] probabilities, int[][] classes) {
    for (int i = 0; i < classes.length; i++) {
      add(probabilities[i], classes[i][0]);
    }
  }

  private void add(float[] row, int truth) {
    int better = 0;
    int best = 0;
    for (int c = 0; c < row.length; c++) {
      boolean behind = row[c] < row[truth] || row[c] == row[truth] && c > truth;
      better += c == truth || behind ? 0 : 1; // NaN is behind nothing, so never right
      best = row[c] > row[best] ? c : best;
    }
    confusion[truth][best]++;
    answers.add(new Answer(truth, best, row[best]));
    right += better == 0 ? 1 : 0;
    amongFive += better < 5 ? 1 : 0;
    loss -= Math.log(Math.max(row[truth], SMALLEST));
  }

  /** The answers of another part, which come after these. */
  public void add(EvaluationSums other) {
    answers.addAll(other.answers);
    for (int truth = 0; truth < confusion.length; truth++) {
      for (int c = 0; c < confusion.length; c++) {
        confusion[truth][c] += other.confusion[truth][c];
      }
    }
    loss += other.loss;
    right += other.right;
    amongFive += other.amongFive;
  }

  @Override
  public Evaluation evaluation() throws IOException {
    int images = answers.size();
    if (images == 0) {
      throw new NoUsableImagesException("no test image could be used");
    }
    return new Evaluation.OneClass(
        images,
        loss / images,
        (double) right / images,
        (double) amongFive / images,
        confusion,
        answers);
  }
}
