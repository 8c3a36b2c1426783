package io.github.repvgg4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

class GroupedTrainingTest {

  @Test
  void networkWithGroupsAndExcitationLearns() {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 2, 2, 1), List.of(16, 16, 16, 16, 32), 2, InputShape.square(16))
            .withStrides(List.of(1, 2, 2, 2, 1))
            .withBlockOptions(new BlockOptions(4, true));
    ComputationGraph graph =
        RepVggGraphs.build(spec, GraphOptions.withSeed(5).withUpdater(new Adam(0.005)));
    DataSet data = stripes(16);
    double before = graph.score(data);
    for (int step = 0; step < 15; step++) {
      graph.fit(data);
    }
    assertThat(graph.score(data, true)).isLessThan(0.5 * before);
  }

  /** Class 0: horizontal stripes, class 1: vertical ones, with noise. */
  private static DataSet stripes(int examples) {
    INDArray images = Nd4j.create(DataType.FLOAT, examples, 3, 16, 16);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, 2);
    Random random = new Random(9);
    for (int n = 0; n < examples; n++) {
      labels.putScalar(n, n % 2, 1);
      for (int c = 0; c < 3; c++) {
        for (int y = 0; y < 16; y++) {
          for (int x = 0; x < 16; x++) {
            double stripe = (n % 2 == 0 ? y : x) % 4 < 2 ? 1 : -1;
            images.putScalar(new int[] {n, c, y, x}, stripe + 0.5 * random.nextGaussian());
          }
        }
      }
    }
    return new DataSet(images, labels);
  }
}
