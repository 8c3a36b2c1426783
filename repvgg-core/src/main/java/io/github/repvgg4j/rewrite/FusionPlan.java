package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.rewrite.Form.ImageSize;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;

/**
 * What is to be fused in a model; the same for the same model and options, always.
 *
 * @param network the model, with its {@link PartialSums}
 * @param planner what was found out about each node
 * @param regions in the order of computation
 * @param partialSums those that are a region's last node
 */
record FusionPlan(
    NetworkView network, RegionPlanner planner, List<Region> regions, PartialSums partialSums) {

  static FusionPlan of(Model model, FuseOptions options) {
    Map<String, ImageSize> sizes = TensorSizes.of(model, options);
    NetworkView network = NetworkView.of(model);
    RegionPlanner planner = new RegionPlanner(network, sizes, options.maxCost());
    List<Region> regions = planner.plan();
    PartialSums sums = PartialSums.of(network, planner);
    while (!sums.isEmpty()) {
      NetworkView split = sums.splitFrom(network);
      RegionPlanner again = new RegionPlanner(split, sizes, options.maxCost());
      List<Region> more = again.plan();
      Set<String> roots = more.stream().map(Region::root).collect(Collectors.toSet());
      if (roots.containsAll(sums.names())) {
        return new FusionPlan(split, again, more, sums);
      }
      sums = sums.only(roots);
    }
    return new FusionPlan(network, planner, regions, sums);
  }

  /** The tensors of the model whose sum the region gives. */
  List<String> resultOf(Region region) {
    return partialSums.terms().getOrDefault(region.root(), List.of(region.root()));
  }
}
