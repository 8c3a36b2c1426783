package io.github.repvgg4j.rewrite.fuse;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.Branch;
import io.github.repvgg4j.reparam.ChannelAffine;
import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.rewrite.plan.ImageSize;
import io.github.repvgg4j.rewrite.plan.Region;
import io.github.repvgg4j.rewrite.step.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Computes a region's kernel: its nodes as a {@link Branch}, fused in float64. */
final class RegionFusion {

  private final NetworkView network;
  private final Map<String, Step> steps;
  private final Region region;

  RegionFusion(NetworkView network, Map<String, Step> steps, Region region) {
    this.network = network;
    this.steps = steps;
    this.region = region;
  }

  /**
   * The region as one convolution.
   *
   * @throws NotFusibleException naming the node at fault
   */
  LinearConv fuse() {
    LinearConv fused = branch(region.root()).fuse();
    if (!fused.isFinite()) {
      throw new NotFusibleException(
          "its fused kernel is not finite: the factors of its BatchNorms leave float64");
    }
    return fused;
  }

  private Branch branch(String name) {
    Node node = network.nodes().get(name);
    Step step = steps.get(name);
    if (step instanceof Step.Convolution conv) {
      return convolution(node, conv, input(node, 0));
    }
    if (step instanceof Step.Separable separable) {
      return convolution(node, separable.pointwise(), new Branch.Identity(region.in()));
    }
    if (step instanceof Step.Affine affine) {
      return new Branch.Affine(input(node, 0), affine.map());
    }
    if (step instanceof Step.Scale scale) {
      return scaled(name, input(node, 0), scale.factor(), scale.summand());
    }
    if (step instanceof Step.Spatial spatial) {
      Branch of = input(node, 0);
      int channels = region.channelsOf(name);
      LinearConv kernel =
          switch (spatial.kind()) {
            case AVERAGE_POOL -> ConvolutionLaws.averagePool(channels, spatial.geometry());
            case ZERO_PADDING -> ConvolutionLaws.zeroPadding(channels, spatial.geometry());
          };
      return new Branch.Chain(of, new Branch.Convolution(kernel));
    }
    if (step instanceof Step.Sum sum) {
      return sum(node, sum);
    }
    return input(node, 0);
  }

  private Branch convolution(Node node, Step.Convolution conv, Branch of) {
    Branch convolution;
    try {
      convolution = new Branch.Convolution(conv.kernel().get());
    } catch (NotFusibleException e) {
      throw new NotFusibleException("'" + node.name() + "' " + e.getMessage());
    }
    return of instanceof Branch.Identity ? convolution : new Branch.Chain(of, convolution);
  }

  private Branch sum(Node node, Step.Sum sum) {
    List<Branch> branches = new ArrayList<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      branches.add(resolved(scaled(node.name(), input(node, i), sum.coefficients().get(i), 0)));
    }
    return new Branch.Sum(branches);
  }

  private Branch scaled(String name, Branch of, double factor, double summand) {
    return factor == 1 && summand == 0
        ? of
        : new Branch.Affine(of, ChannelAffine.uniform(region.channelsOf(name), factor, summand));
  }

  private Branch input(Node node, int index) {
    String tensor = node.inputs().get(index);
    return region.members().contains(tensor) ? branch(tensor) : new Branch.Identity(region.in());
  }

  /** For the one input size that the region is fused for, if there is one. */
  private Branch resolved(Branch branch) {
    ImageSize only = region.only();
    if (only == null) {
      return branch;
    }
    LinearConv kernel = branch.fuse();
    return new Branch.Convolution(
        new LinearConv(
            kernel.in(),
            kernel.out(),
            kernel.groups(),
            kernel.geometry().resolvedFor(only.height(), only.width()),
            kernel.weights(),
            kernel.bias()));
  }
}
