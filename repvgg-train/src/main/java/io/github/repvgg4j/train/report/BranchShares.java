package io.github.repvgg4j.train.report;

import io.github.repvgg4j.model.BlockNames;
import io.github.repvgg4j.model.BlockSpec;
import io.github.repvgg4j.model.RepVggSpec;
import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How much each branch brings to the kernel that its block becomes. With W_b the 3x3 kernel that
 * branch b alone is fused to (RepVGG, arXiv 2101.03697, section 3.3), its share is |W_b| / sum over
 * the branches of |W|, Frobenius norms in float64. Shares of a block sum to 1; biases don't count.
 *
 * @param block the block's name
 * @param dense share of the 3x3 convolution with its BatchNorm
 * @param pointwise share of the 1x1 convolution with its BatchNorm; 0 where there is none
 * @param identity share of the identity's BatchNorm; 0 where there is none
 * @param fusedNorm |sum of W_b|, the norm of the fused kernel
 */
public record BranchShares(
    String block, double dense, double pointwise, double identity, double fusedNorm) {

  /** Of each block of a training form. */
  public static List<BranchShares> of(ComputationGraph graph, RepVggSpec spec) {
    return spec.blocks().stream().map(block -> of(graph, block)).toList();
  }

  private static BranchShares of(ComputationGraph graph, BlockSpec block) {
    String name = block.name();
    List<LinearConv> branches = new ArrayList<>();
    double dense =
        add(branches, graph, block, BlockNames.denseConv(name), BlockNames.denseBn(name), 3);
    double pointwise =
        add(
            branches,
            graph,
            block,
            BlockNames.pointwiseConv(name),
            BlockNames.pointwiseBn(name),
            1);
    double identity = 0;
    Layer identityBn = layer(graph, BlockNames.identityBn(name));
    if (identityBn != null) {
      LinearConv branch =
          ConvolutionLaws.affineAfter(
              ConvolutionLaws.identity(block.in()), statistics(identityBn).affine());
      identity = norm(branch);
      branches.add(branch);
    }
    double sum = dense + pointwise + identity;
    double fused = norm(ConvolutionLaws.sum(branches));
    return sum == 0
        ? new BranchShares(name, 0, 0, 0, 0)
        : new BranchShares(name, dense / sum, pointwise / sum, identity / sum, fused);
  }

  /** Adds the branch where the graph has it; its norm, or 0. */
  private static double add(
      List<LinearConv> branches,
      ComputationGraph graph,
      BlockSpec block,
      String convName,
      String bnName,
      int kernel) {
    Layer conv = layer(graph, convName);
    if (conv == null) {
      return 0;
    }
    LinearConv weights =
        LinearConv.withoutBias(
            block.in(),
            block.out(),
            block.groups(),
            Geometry.square(kernel, block.stride(), kernel / 2),
            values(conv, "W"));
    LinearConv branch =
        ConvolutionLaws.affineAfter(weights, statistics(graph.getLayer(bnName)).affine());
    branches.add(branch);
    return norm(branch);
  }

  /** Null where the graph has none of that name. */
  private static Layer layer(ComputationGraph graph, String name) {
    var vertex = graph.getVertex(name);
    return vertex == null ? null : vertex.getLayer();
  }

  private static BatchNormStatistics statistics(Layer bn) {
    var layer = (org.deeplearning4j.nn.conf.layers.BatchNormalization) bn.conf().getLayer();
    return new BatchNormStatistics(
        values(bn, "gamma"),
        values(bn, "beta"),
        values(bn, "mean"),
        values(bn, "var"),
        layer.getEps());
  }

  private static double[] values(Layer layer, String key) {
    INDArray array = layer.getParam(key);
    return array.dup('c').data().asDouble();
  }

  private static double norm(LinearConv conv) {
    return Math.sqrt(Arrays.stream(conv.weights()).map(w -> w * w).sum());
  }
}
