package io.github.repvgg4j.train.report;

import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
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
 * @param pointwise share of the 1x1 convolution with its BatchNorm; empty where there is none
 * @param identity share of the identity's BatchNorm; empty where there is none
 * @param fusedNorm |sum of W_b|, the norm of the fused kernel
 */
public record BranchShares(
    String block,
    double dense,
    OptionalDouble pointwise,
    OptionalDouble identity,
    double fusedNorm) {

  /** Of each block of a training form. */
  public static List<BranchShares> of(ComputationGraph graph, RepVggSpec spec) {
    return spec.blocks().stream().map(block -> of(graph, block)).toList();
  }

  private static BranchShares of(ComputationGraph graph, BlockSpec block) {
    String name = block.name();
    List<LinearConv> branches = new ArrayList<>();
    OptionalDouble dense =
        add(branches, graph, block, BlockNames.denseConv(name), BlockNames.denseBn(name), 3);
    OptionalDouble pointwise =
        add(
            branches,
            graph,
            block,
            BlockNames.pointwiseConv(name),
            BlockNames.pointwiseBn(name),
            1);
    OptionalDouble identity = OptionalDouble.empty();
    Layer identityBn = layer(graph, BlockNames.identityBn(name));
    if (identityBn != null) {
      LinearConv branch =
          ConvolutionLaws.affineAfter(
              ConvolutionLaws.identity(block.in()), statistics(identityBn).affine());
      identity = OptionalDouble.of(norm(branch));
      branches.add(branch);
    }
    double sum = dense.orElse(0) + pointwise.orElse(0) + identity.orElse(0);
    double fused = norm(ConvolutionLaws.sum(branches));
    return new BranchShares(
        name, share(dense, sum).orElse(0), share(pointwise, sum), share(identity, sum), fused);
  }

  private static OptionalDouble share(OptionalDouble norm, double sum) {
    return norm.isEmpty() ? norm : OptionalDouble.of(sum == 0 ? 0 : norm.getAsDouble() / sum);
  }

  /** Adds the branch where the graph has it; its norm. */
  private static OptionalDouble add(
      List<LinearConv> branches,
      ComputationGraph graph,
      BlockSpec block,
      String convName,
      String bnName,
      int kernel) {
    Layer conv = layer(graph, convName);
    if (conv == null) {
      return OptionalDouble.empty();
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
    return OptionalDouble.of(norm(branch));
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
