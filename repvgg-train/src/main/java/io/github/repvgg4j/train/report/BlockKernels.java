package io.github.repvgg4j.train.report;

import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.reparam.ChannelAffine;
import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.spec.BlockKind.Follower;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** Each branch of one block as the convolution that it alone is fused to, in float64. */
final class BlockKernels {

  private final ComputationGraph graph;
  private final BlockSpec block;

  /**
   * @param graph training form, only read
   */
  BlockKernels(ComputationGraph graph, BlockSpec block) {
    this.graph = graph;
    this.block = block;
  }

  /** The convolutions of the block's own kernel together. */
  LinearConv dense() {
    List<LinearConv> branches = new ArrayList<>();
    for (int i = 0; i < block.form().convolutions(); i++) {
      LinearConv own = convolution(BlockNames.denseConv(block.name(), i), block.kernel());
      branches.add(followed(own, block.kind().dense(), BlockNames.dense(block.name(), i)));
    }
    return ConvolutionLaws.sum(branches);
  }

  Optional<LinearConv> pointwise() {
    if (!block.hasPointwise()) {
      return Optional.empty();
    }
    LinearConv own = convolution(BlockNames.pointwiseConv(block.name()), 1);
    String branch = BlockNames.pointwise(block.name());
    return Optional.of(followed(own, block.kind().pointwise(), branch));
  }

  Optional<LinearConv> identity() {
    if (!block.hasIdentity()) {
      return Optional.empty();
    }
    LinearConv own = ConvolutionLaws.identity(block.in());
    String branch = BlockNames.identity(block.name());
    return Optional.of(followed(own, block.kind().identity(), branch));
  }

  private LinearConv convolution(String name, int kernel) {
    return LinearConv.withoutBias(
        block.in(),
        block.out(),
        block.groups(),
        Geometry.square(kernel, block.stride(), kernel / 2),
        values(graph.getLayer(name), "W"));
  }

  private LinearConv followed(LinearConv conv, Follower follower, String branch) {
    LinearConv own = after(conv, follower, branch);
    return after(own, block.kind().sum(), block.name());
  }

  private LinearConv after(LinearConv conv, Follower follower, String branch) {
    return switch (follower) {
      case NORM ->
          ConvolutionLaws.affineAfter(conv, statistics(graph.getLayer(BlockNames.bn(branch))));
      case SCALE -> {
        double[] scale = values(graph.getLayer(BlockNames.scale(branch)), "W");
        yield ConvolutionLaws.affineAfter(conv, new ChannelAffine(scale, new double[scale.length]));
      }
      case BARE, ABSENT -> conv;
    };
  }

  private static ChannelAffine statistics(Layer bn) {
    BatchNormalization layer = (BatchNormalization) bn.conf().getLayer();
    return new BatchNormStatistics(
            values(bn, "gamma"),
            values(bn, "beta"),
            values(bn, "mean"),
            values(bn, "var"),
            layer.getEps())
        .affine();
  }

  private static double[] values(Layer layer, String key) {
    return layer.getParam(key).dup('c').data().asDouble();
  }
}
