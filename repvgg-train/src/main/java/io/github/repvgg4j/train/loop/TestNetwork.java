package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.model.head.Head;
import io.github.repvgg4j.model.head.Logits;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network while it is tested, whatever computes its logits. Not thread-safe. */
public interface TestNetwork extends AutoCloseable {

  /**
   * @param images {@code [N, C, H, W]} in C order, normalised
   * @param shape of all of them
   * @return {@code [N, classes]} in C order
   */
  float[] logits(float[] images, long[] shape);

  /** What makes answers of them. */
  Head head();

  /** One line: what computes here. */
  String description();

  @Override
  default void close() {}

  /** By Deeplearning4j, with what helpers the graph has. */
  static TestNetwork of(ComputationGraph graph) {
    return new TestNetwork() {
      @Override
      public float[] logits(float[] images, long[] shape) {
        try (INDArray input = Floats.array(images, shape);
            INDArray logits = Logits.of(graph, input)) {
          return Floats.values(logits);
        }
      }

      @Override
      public Head head() {
        return Head.of(graph).get(0);
      }

      @Override
      public String description() {
        return "Deeplearning4j";
      }
    };
  }
}
