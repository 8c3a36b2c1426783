package io.github.repvgg4j.rewrite.fuse;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.rewrite.plan.FusionPlan;
import io.github.repvgg4j.rewrite.plan.Region;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The regions of a plan, each computed and written as one convolution. */
public final class FusedRegions {

  /** Heap for one weight at work: as read, scaled and added up, each in float64, and to spare. */
  private static final long BYTES_PER_WEIGHT = 4L * Double.BYTES;

  private final FusionPlan plan;
  private final Map<String, Region> byMember = new HashMap<>();
  private final Map<Region, Node> convolutions = new LinkedHashMap<>();
  private final Map<String, String> failures = new HashMap<>();

  /**
   * What came of fusing a region.
   *
   * @param node null where it failed
   * @param failure why, null where it did not
   */
  private record Attempt(Region region, Node node, String failure) {}

  private FusedRegions(FusionPlan plan) {
    this.plan = plan;
  }

  /** Computes and writes every region; one that fails stays as it is. */
  public static FusedRegions of(FusionPlan plan, Grouped grouped) {
    FusedRegions fused = new FusedRegions(plan);
    Map<Region, String> names = RegionNames.of(plan.regions(), plan.network());
    LayerWriter writer = new LayerWriter(plan.network(), grouped);
    FusionPlan.sideBySide(
            plan.regions(),
            BYTES_PER_WEIGHT,
            region -> fused.attempt(region, names.get(region), writer))
        .forEach(fused::note);
    return fused;
  }

  private Attempt attempt(Region region, String name, LayerWriter writer) {
    try {
      RegionFusion fusion = new RegionFusion(plan.network(), plan.steps(), region);
      return new Attempt(region, writer.write(region, fusion.fuse(), name), null);
    } catch (NotFusibleException e) {
      return new Attempt(region, null, e.getMessage());
    }
  }

  private void note(Attempt attempt) {
    Region region = attempt.region();
    for (String member : region.members()) {
      if (attempt.node() == null) {
        failures.put(member, attempt.failure());
      } else {
        byMember.put(member, region);
      }
    }
    if (attempt.node() != null) {
      convolutions.put(region, attempt.node());
    }
  }

  /** The convolutions that were written, in the order of computation. */
  public Map<Region, Node> convolutions() {
    return Collections.unmodifiableMap(convolutions);
  }

  /** The region that a node went into; null where it stays. */
  public Region regionOf(String node) {
    return byMember.get(node);
  }

  /** Why the region that a node was planned for could not be fused; null where nothing failed. */
  public String failure(String node) {
    return failures.get(node);
  }

  /** The network with every convolution at the place of its region's root. */
  public NetworkView network() {
    NetworkView network = plan.network();
    Map<String, String> renamed = new HashMap<>();
    convolutions.forEach((region, node) -> renamed.put(region.root(), node.name()));
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (Node node : network.nodes().values()) {
      Region region = byMember.get(node.name());
      if (region != null && !region.root().equals(node.name())) {
        continue;
      }
      Node written = region == null ? node : convolutions.get(region);
      List<String> inputs =
          written.inputs().stream().map(in -> renamed.getOrDefault(in, in)).toList();
      nodes.put(written.name(), written.withInputs(inputs));
    }
    return new NetworkView(network.inputs(), network.outputs(), nodes, network.dataType());
  }
}
