package io.github.repvgg4j.model;

import io.github.repvgg4j.spec.BlockKind.Follower;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;

/** Adds one block's training form to a graph, by the row of its kind. */
final class BlockGraph {

  private final GraphBuilder graph;
  private final BlockSpec block;
  private final String input;
  private final List<String> branches = new ArrayList<>();

  private BlockGraph(GraphBuilder graph, BlockSpec block, String input) {
    this.graph = graph;
    this.block = block;
    this.input = input;
  }

  /** The name of the block's output vertex. */
  static String add(GraphBuilder graph, BlockSpec block, String input) {
    BlockGraph branches = new BlockGraph(graph, block, input);
    branches.dense();
    branches.pointwise();
    branches.identity();
    return relu(graph, block, branches.sum());
  }

  private void dense() {
    for (int i = 0; i < block.form().convolutions(); i++) {
      String convolution = BlockNames.denseConv(block.name(), i);
      graph.addLayer(convolution, BlockLayers.branch(block, block.kernel()), input);
      String branch = BlockNames.dense(block.name(), i);
      branches.add(followed(block.kind().dense(), convolution, branch));
    }
  }

  private void pointwise() {
    if (block.hasPointwise()) {
      String convolution = BlockNames.pointwiseConv(block.name());
      graph.addLayer(convolution, BlockLayers.branch(block, 1), input);
      String branch = BlockNames.pointwise(block.name());
      branches.add(followed(block.kind().pointwise(), convolution, branch));
    }
  }

  private void identity() {
    if (block.hasIdentity()) {
      branches.add(followed(block.kind().identity(), input, BlockNames.identity(block.name())));
    }
  }

  /**
   * @param branch what the name of what follows begins with
   */
  private String followed(Follower follower, String source, String branch) {
    return switch (follower) {
      case NORM -> {
        graph.addLayer(BlockNames.bn(branch), BlockLayers.batchNorm(block), source);
        yield BlockNames.bn(branch);
      }
      case SCALE -> {
        double initial = source.equals(input) ? 1 : BlockLayers.searchedScale(block);
        graph.addLayer(BlockNames.scale(branch), BlockLayers.scale(block, initial), source);
        yield BlockNames.scale(branch);
      }
      case BARE -> source;
      case ABSENT -> throw new IllegalStateException(branch + ": there is none");
    };
  }

  private String sum() {
    String sum = branches.get(0);
    if (branches.size() > 1) {
      sum = BlockNames.add(block.name());
      ElementWiseVertex add = new ElementWiseVertex(ElementWiseVertex.Op.Add);
      graph.addVertex(sum, add, branches.toArray(String[]::new));
    }
    return followed(block.kind().sum(), sum, block.name());
  }

  /** Squeeze-and-excitation where the block has it, then the ReLU and the pooling. */
  static String relu(GraphBuilder graph, BlockSpec block, String sum) {
    String name = block.name();
    String previous = sum;
    if (block.squeezeExcitation()) {
      graph.addLayer(
          BlockNames.squeezeExcitation(name), BlockLayers.squeezeExcitation(block), previous);
      previous = BlockNames.squeezeExcitation(name);
    }
    graph.addLayer(BlockNames.relu(name), BlockLayers.relu(), previous);
    return pool(graph, block, BlockNames.relu(name));
  }

  /** The pooling where the block has it. */
  static String pool(GraphBuilder graph, BlockSpec block, String previous) {
    if (block.pool() == 1) {
      return previous;
    }
    graph.addLayer(BlockNames.pool(block.name()), BlockLayers.pool(block), previous);
    return BlockNames.pool(block.name());
  }
}
