package io.github.repvgg4j.train;

import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.TrainingConfig;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The weights that a network begins with, drawn from the seed. */
public final class InitialWeights {

  private InitialWeights() {}

  /** A network as a recipe begins it. */
  public static ComputationGraph of(RepVggSpec spec, TrainingConfig recipe) {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(recipe.seed()));
    if (recipe.init() == TrainingConfig.Init.DIRAC) {
      for (BlockSpec block : spec.blocks()) {
        dirac(graph.getLayer(BlockNames.denseConv(block.name())).getParam("W"), block.groups());
      }
    }
    return graph;
  }

  /**
   * Makes the first filters of each group pass their channel on: {@code torch.nn.init.dirac_} on as
   * many filters as there are inputs, so that the others stay as they were drawn
   * (KellerJordan/cifar10-airbench).
   *
   * @param kernel {@code [out, in / groups, kH, kW]}, changed in place
   */
  static void dirac(INDArray kernel, int groups) {
    long outputs = kernel.size(0) / groups;
    long passed = Math.min(outputs, kernel.size(1));
    for (int group = 0; group < groups; group++) {
      for (int channel = 0; channel < passed; channel++) {
        long filter = group * outputs + channel;
        pass(kernel, filter, channel);
      }
    }
  }

  private static void pass(INDArray kernel, long filter, int channel) {
    for (int in = 0; in < kernel.size(1); in++) {
      for (int y = 0; y < kernel.size(2); y++) {
        for (int x = 0; x < kernel.size(3); x++) {
          boolean centre = y == kernel.size(2) / 2 && x == kernel.size(3) / 2;
          kernel.putScalar(new long[] {filter, in, y, x}, in == channel && centre ? 1 : 0);
        }
      }
    }
  }
}
