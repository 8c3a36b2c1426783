package io.github.repvgg4j.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says of every node what became of it, and why. */
final class Outcomes {

  private final NetworkView network;
  private final RegionPlanner planner;
  private final Set<String> partialSums;
  private final Map<String, Region> fusedByMember;
  private final Map<Region, Node> fused;
  private final Map<String, String> failures;

  Outcomes(
      FusionPlan plan,
      Map<String, Region> fusedByMember,
      Map<Region, Node> fused,
      Map<String, String> failures) {
    this.network = plan.network();
    this.planner = plan.planner();
    this.partialSums = plan.partialSums().names();
    this.fusedByMember = fusedByMember;
    this.fused = fused;
    this.failures = failures;
  }

  List<RegionOutcome> list(List<RegionOutcome.Corrected> corrections) {
    List<RegionOutcome> outcomes = new ArrayList<>();
    for (Node node : network.nodes().values()) {
      Region region = fusedByMember.get(node.name());
      if (region != null && region.root().equals(node.name())) {
        outcomes.add(fused(region));
      } else if (region == null && !partialSums.contains(node.name())) {
        outcomes.add(unfused(node));
      }
    }
    outcomes.addAll(corrections);
    return outcomes;
  }

  private RegionOutcome fused(Region region) {
    List<String> members =
        network.nodes().keySet().stream()
            .filter(region.form().members()::contains)
            .filter(name -> !partialSums.contains(name))
            .toList();
    return new RegionOutcome.Fused(
        members, fused.get(region).name(), List.copyOf(region.form().laws()));
  }

  private RegionOutcome unfused(Node node) {
    String name = node.name();
    Step step = planner.steps().get(name);
    if (failures.containsKey(name)) {
      return new RegionOutcome.Refused(name, failures.get(name));
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
    String reason = planner.reason(name);
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
        node.inputs().stream().map(planner.steps()::get).anyMatch(Step.Unfusable.class::isInstance);
    return unfusable || reader.isEmpty()
        ? what
            + " without a convolution to fold it into: it reads "
            + String.join(", ", node.inputs().stream().map(planner::described).toList())
        : what + " cannot be folded into what follows: " + reader;
  }

  /** Why something that reads this was not joined with what it reads; empty where it was. */
  private String readersReason(Node node) {
    return network.nodes().values().stream()
        .filter(other -> other.inputs().contains(node.name()))
        .map(other -> planner.reason(other.name()))
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
