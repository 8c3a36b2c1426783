package io.github.repvgg4j.rewrite.plan;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.rewrite.step.Step;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** What is to be fused in a model; the same for the same model and options, always. */
public final class FusionPlan {

  private final NetworkView network;
  private final RegionPlanner planner;
  private final List<Region> regions;
  private final PartialSums partialSums;

  private FusionPlan(
      NetworkView network, RegionPlanner planner, List<Region> regions, PartialSums partialSums) {
    this.network = network;
    this.planner = planner;
    this.regions = List.copyOf(regions);
    this.partialSums = partialSums;
  }

  /**
   * Plans a model.
   *
   * @param model a {@code ComputationGraph} or a {@code MultiLayerNetwork}
   * @param maxCost largest ratio of a convolution's multiplications to its region's
   * @param inputTypes shapes of the network's inputs, empty where unknown
   */
  public static FusionPlan of(Model model, double maxCost, List<InputType> inputTypes) {
    Map<String, ImageSize> sizes = TensorSizes.of(model, inputTypes);
    NetworkView network = NetworkView.of(model);
    RegionPlanner planner = new RegionPlanner(network, sizes, maxCost);
    List<Region> regions = planner.plan();
    PartialSums sums = PartialSums.of(network, planner);
    while (!sums.isEmpty()) {
      NetworkView split = sums.splitFrom(network);
      RegionPlanner again = new RegionPlanner(split, sizes, maxCost);
      List<Region> more = again.plan();
      Set<String> roots = more.stream().map(Region::root).collect(Collectors.toSet());
      if (roots.containsAll(sums.names())) {
        return new FusionPlan(split, again, more, sums);
      }
      sums = sums.only(roots);
    }
    return new FusionPlan(network, planner, regions, sums);
  }

  /** The model, with its partial sums written out where they are fused. */
  public NetworkView network() {
    return network;
  }

  /** What is to become one convolution each, in the order of computation. */
  public List<Region> regions() {
    return regions;
  }

  /** What each node of {@link #network} computes, by its name. */
  public Map<String, Step> steps() {
    return planner.steps();
  }

  /** The tensors of the model whose sum the region gives. */
  public List<String> resultOf(Region region) {
    return partialSums.terms().getOrDefault(region.root(), List.of(region.root()));
  }

  /** Whether a node is no node of the model, but the sum of some branches of a larger sum. */
  public boolean isPartialSum(String node) {
    return partialSums.names().contains(node);
  }

  /** Why a node was not joined with what it reads; null where it was, or had nothing to join. */
  public String reason(String node) {
    return planner.reason(node);
  }

  /** A tensor's name, and why no region reaches through it. */
  public String described(String tensor) {
    return planner.described(tensor);
  }

  /**
   * Works on regions, as many at a time as there are processors and heap for.
   *
   * @param bytesPerWeight heap that the work on one takes for each weight of its convolution
   * @param work must be safe for use by several threads; what it throws is thrown
   * @return one result for each region, in their order
   */
  public static <R> List<R> sideBySide(
      List<Region> regions, long bytesPerWeight, Function<Region, R> work) {
    return SideBySide.map(regions, region -> bytesPerWeight * region.weights(), work);
  }
}
