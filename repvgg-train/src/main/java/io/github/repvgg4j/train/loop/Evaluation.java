package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.data.BatchLoader;
import io.github.repvgg4j.data.ImageBatch;
import io.github.repvgg4j.data.TestTimeAveraging;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.graph.ComputationGraph;

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
   * One pass over all images of the loader.
   *
   * @param averaging copies of each image whose answers are averaged
   * @param stop asked before each batch; true ends the pass
   * @return empty where it was stopped
   */
  public static Optional<Evaluation> of(
      ComputationGraph graph,
      BatchLoader loader,
      int classes,
      TestTimeAveraging averaging,
      BooleanSupplier stop)
      throws IOException {
    EvaluationSums sums = new EvaluationSums(classes);
    try (BatchLoader.Epoch epoch = loader.epoch(0, 0)) {
      for (ImageBatch batch = epoch.next(); batch != null; batch = epoch.next()) {
        if (stop.getAsBoolean()) {
          return Optional.empty();
        }
        if (batch.size() > 0) {
          sums.add(graph, batch, averaging);
        }
      }
    }
    return Optional.of(sums.evaluation());
  }
}
