package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.rewrite.fuse.FusedRegions;
import io.github.repvgg4j.rewrite.plan.FusionPlan;
import io.github.repvgg4j.rewrite.plan.Region;
import io.github.repvgg4j.rewrite.step.Step;
import java.util.ArrayList;
import java.util.List;

/** Says of every node what became of it, and why. */
final class Outcomes {

  private final FusionPlan plan;
  private final NetworkView network;
  private final FusedRegions regions;

  Outcomes(FusionPlan plan, FusedRegions regions) {
    this.plan = plan;
    this.network = plan.network();
    this.regions = regions;
  }

  List<RegionOutcome> list(List<RegionOutcome.Corrected> corrections) {
    List<RegionOutcome> outcomes = new ArrayList<>();
    for (Node node : network.nodes().values()) {
      Region region = regions.regionOf(node.name());
      if (region != null && region.root().equals(node.name())) {
        outcomes.add(fused(region));
      } else if (region == null && !plan.isPartialSum(node.name())) {
        outcomes.add(unfused(node));
      }
    }
    outcomes.addAll(corrections);
    return outcomes;
  }

  private RegionOutcome fused(Region region) {
    List<String> members =
        network.nodes().keySet().stream()
            .filter(region.members()::contains)
            .filter(name -> !plan.isPartialSum(name))
            .toList();
    return new RegionOutcome.Fused(
        members, regions.convolutions().get(region).name(), List.copyOf(region.laws()));
  }

  private RegionOutcome unfused(Node node) {
    String name = node.name();
    Step step = plan.steps().get(name);
    if (regions.failure(name) != null) {
      return new RegionOutcome.Refused(name, regions.failure(name));
    }
    if (step instanceof Step.Barred barred) {
      return new RegionOutcome.Refused(name, barred.reason());
    }
    if (step instanceof Step.Unfusable kind) {
      return new RegionOutcome.Kept(name, kind.reason());
    }
    if (step instanceof Step.Other other) {
      return new RegionOutcome.Kept(name, other.what());
    }
    String reason = plan.reason(name);
    if (step instanceof Step.Affine || step instanceof Step.Sum) {
      return new RegionOutcome.Refused(name, reason == null ? alone(node, step) : reason);
    }
    if (reason != null) {
      return new RegionOutcome.Refused(name, reason);
    }
    String reader = readersReason(node);
    return step instanceof Step.Spatial && !reader.isEmpty()
        ? new RegionOutcome.Refused(name, "cannot be folded into what follows: " + reader)
        : new RegionOutcome.Kept(name, kept(step));
  }

  private String alone(Node node, Step step) {
    String what = step instanceof Step.Affine ? "BatchNorm" : "sum";
    String reader = readersReason(node);
    boolean unfusable =
        node.inputs().stream().map(plan.steps()::get).anyMatch(Step.Unfusable.class::isInstance);
    return unfusable || reader.isEmpty()
        ? what
            + " without a convolution to fold it into: it reads "
            + String.join(", ", node.inputs().stream().map(plan::described).toList())
        : what + " cannot be folded into what follows: " + reader;
  }

  /** Why something that reads this was not joined with what it reads; empty where it was. */
  private String readersReason(Node node) {
    return network.nodes().values().stream()
        .filter(other -> other.inputs().contains(node.name()))
        .map(other -> plan.reason(other.name()))
        .filter(r -> r != null)
        .findFirst()
        .orElse("");
  }

  private static String kept(Step step) {
    if (step instanceof Step.Convolution || step instanceof Step.Separable) {
      return "one convolution already";
    }
    if (step instanceof Step.Activate) {
      return "activation, not linear";
    }
    return "stands alone";
  }
}
