package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.answer.LabelFigures;
import io.github.repvgg4j.answer.LabelScores;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.ImageBatch;
import java.io.IOException;
import java.util.Arrays;

/** Where each class stands by itself. */
public final class LabelSums implements TestSums {

  private final int classes;
  private final LabelScores scores;
  private double loss;

  public LabelSums(int classes) {
    this.classes = classes;
    this.scores = new LabelScores(classes);
  }

  @Override
  public void add(TestNetwork network, ImageBatch batch, TestTimeAveraging averaging) {
    float[] logits = EvaluationSums.logits(network, batch, averaging);
    for (int i = 0; i < batch.size(); i++) {
      add(Arrays.copyOfRange(logits, i * classes, (i + 1) * classes), batch.classes()[i]);
    }
  }

  private void add(float[] logits, int[] shown) {
    double[] probabilities = new double[classes];
    for (int c = 0; c < classes; c++) {
      double z = logits[c];
      probabilities[c] = 1 / (1 + Math.exp(-z));
      loss += Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0);
    }
    for (int c : shown) {
      loss -= logits[c];
    }
    scores.add(probabilities, shown);
  }

  @Override
  public Evaluation evaluation() throws IOException {
    if (scores.images() == 0) {
      throw new NoUsableImagesException("no test image could be used");
    }
    LabelFigures figures = scores.figures(LabelScores.THRESHOLD);
    if (figures.meanAveragePrecision() == null) {
      throw new NoUsableImagesException("no test image that could be used shows any class");
    }
    return new Evaluation.SeveralClasses(loss / scores.images(), figures);
  }
}
