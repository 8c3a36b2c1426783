package io.github.repvgg4j.train.reparameterize;

import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * The constants of RepOptimizer: what a short search on a network of blocks {@link
 * BlockKind#REPOPT_SEARCH} made of its scales.
 *
 * @param blocks by the block's name
 */
public record SearchedScales(Map<String, Block> blocks) {

  /**
   * One block's, a number for each output channel.
   *
   * @param dense s, of the 3x3 convolution
   * @param pointwise t, of the 1x1 convolution
   * @param identity of the block's input; empty where the block changes the shape
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Block(double[] dense, double[] pointwise, Optional<double[]> identity) {}

  public SearchedScales {
    blocks = Map.copyOf(blocks);
  }

  /**
   * @param graph a training form of blocks {@link BlockKind#REPOPT_SEARCH}, only read
   */
  public static SearchedScales of(ComputationGraph graph, RepVggSpec spec) {
    Map<String, Block> blocks = new LinkedHashMap<>();
    for (BlockSpec block : spec.blocks()) {
      String name = block.name();
      blocks.put(
          name,
          new Block(
              numbers(graph, BlockNames.dense(name, 0)),
              numbers(graph, BlockNames.pointwise(name)),
              block.hasIdentity()
                  ? Optional.of(numbers(graph, BlockNames.identity(name)))
                  : Optional.empty()));
    }
    return new SearchedScales(blocks);
  }

  private static double[] numbers(ComputationGraph graph, String branch) {
    return graph.getLayer(BlockNames.scale(branch)).getParam("W").dup('c').data().asDouble();
  }

  Block of(BlockSpec block) {
    Block scales = blocks.get(block.name());
    if (scales == null || scales.dense.length != block.out()) {
      throw new IllegalArgumentException(
          block.name() + ": no scales of " + block.out() + " channels were searched for it");
    }
    return scales;
  }
}
