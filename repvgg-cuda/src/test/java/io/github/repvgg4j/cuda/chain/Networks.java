package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small networks and batches for them. */
final class Networks {

  private static final long SEED = 20;
  private static final int CLASSES = 5;

  static final RepVggSpec SPEC =
      RepVggSpec.of(
              List.of(1, 2, 1, 1), List.of(16, 16, 32, 32, 48), CLASSES, new InputShape(3, 12, 12))
          .withStrides(List.of(1, 2, 1, 2, 1));

  private Networks() {}

  static ComputationGraph graph(RepVggSpec spec, DataType type) {
    ComputationGraph graph =
        RepVggGraphs.build(spec, GraphOptions.withSeed(SEED).withDataType(type));
    RandomStatistics.fill(graph, SEED);
    return graph;
  }

  static INDArray features(int images, int side) {
    Nd4j.getRandom().setSeed(SEED);
    return Nd4j.randn(DataType.FLOAT, images, 3, side, side);
  }

  static INDArray softTargets(int images) {
    INDArray targets = Nd4j.create(DataType.FLOAT, images, CLASSES).assign(0.1 / CLASSES);
    for (int i = 0; i < images; i++) {
      targets.putScalar(new long[] {i, i % CLASSES}, 0.9 + 0.1 / CLASSES);
    }
    return targets;
  }

  static double relative(INDArray found, INDArray expected) {
    INDArray wide = expected.castTo(DataType.DOUBLE);
    return found.castTo(DataType.DOUBLE).sub(wide).norm2Number().doubleValue()
        / wide.norm2Number().doubleValue();
  }
}
