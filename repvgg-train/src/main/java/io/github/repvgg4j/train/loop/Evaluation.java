package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.BatchLoader;
import io.github.repvgg4j.data.ImageBatch;
import io.github.repvgg4j.data.TestTimeAveraging;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

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

  private static final double SMALLEST_AVERAGED = 1e-30;

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

  /** One pass over all images of the loader. */
  public static Evaluation of(ComputationGraph graph, BatchLoader loader, int classes)
      throws IOException {
    return of(graph, loader, classes, TestTimeAveraging.NONE);
  }

  /** The same with the answers to several copies of each image averaged. */
  public static Evaluation of(
      ComputationGraph graph, BatchLoader loader, int classes, TestTimeAveraging averaging)
      throws IOException {
    EvaluationSums sums = new EvaluationSums(classes);
    try (BatchLoader.Epoch epoch = loader.epoch(0, 0)) {
      for (ImageBatch batch = epoch.next(); batch != null; batch = epoch.next()) {
        if (batch.size() > 0) {
          try (INDArray output = probabilities(graph, batch, averaging)) {
            sums.add(output.toFloatMatrix(), batch.classes());
          }
        }
      }
    }
    return sums.evaluation();
  }

  private static INDArray probabilities(
      ComputationGraph graph, ImageBatch batch, TestTimeAveraging averaging) {
    long[] shape = batch.shape();
    if (averaging == TestTimeAveraging.NONE) {
      try (INDArray features = Floats.array(batch.features(), shape)) {
        return graph.outputSingle(features);
      }
    }
    float[] mean =
        averaging.logits(
            copy -> logProbabilities(graph, copy, shape),
            batch.features(),
            (int) shape[2],
            (int) shape[3]);
    return Nd4j.nn().softmax(Floats.array(mean, batch.targetShape()), 1);
  }

  private static float[] logProbabilities(ComputationGraph graph, float[] images, long[] shape) {
    try (INDArray input = Floats.array(images, shape)) {
      return Floats.values(
          Transforms.log(Transforms.max(graph.outputSingle(input), SMALLEST_AVERAGED)));
    }
  }
}
