package io.github.repvgg4j.train.report;

import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * How much each branch brings to the kernel that its block becomes. With W_b the kernel that branch
 * b alone is fused to (RepVGG, arXiv 2101.03697, section 3.3), its share is |W_b| / sum over the
 * branches of |W|, Frobenius norms in float64. Shares of a block sum to 1; biases don't count. A
 * BatchNorm behind the sum belongs to every branch.
 *
 * @param block the block's name
 * @param dense share of the block's own convolution with what follows it; of the sum of several
 * @param pointwise share of the 1x1 convolution beside it; empty where there is none
 * @param identity share of the block's input; empty where there is none
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
    BlockKernels kernels = new BlockKernels(graph, block);
    LinearConv dense = kernels.dense();
    Optional<LinearConv> pointwise = kernels.pointwise();
    Optional<LinearConv> identity = kernels.identity();
    List<LinearConv> branches = new ArrayList<>(List.of(dense));
    pointwise.ifPresent(branches::add);
    identity.ifPresent(branches::add);
    double sum = branches.stream().mapToDouble(BranchShares::norm).sum();
    return new BranchShares(
        block.name(),
        share(dense, sum),
        pointwise.map(b -> OptionalDouble.of(share(b, sum))).orElse(OptionalDouble.empty()),
        identity.map(b -> OptionalDouble.of(share(b, sum))).orElse(OptionalDouble.empty()),
        norm(ConvolutionLaws.sum(branches)));
  }

  private static double share(LinearConv branch, double sum) {
    return sum == 0 ? 0 : norm(branch) / sum;
  }

  private static double norm(LinearConv conv) {
    return Math.sqrt(Arrays.stream(conv.weights()).map(w -> w * w).sum());
  }
}
