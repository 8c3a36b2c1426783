package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.network.Names;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.rewrite.FusionResult.Span;
import io.github.repvgg4j.rewrite.fuse.FusedRegions;
import io.github.repvgg4j.rewrite.plan.FusionPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Replaces every region of a network that is one linear convolution in inference by that
 * convolution. The input model is never changed, and shares nothing with the result.
 */
public final class GraphFuser {

  private GraphFuser() {}

  /** Fuses what can be fused, see {@link FuseOptions#DEFAULT}. */
  public static FusionResult fuse(ComputationGraph graph) {
    return fuse(graph, FuseOptions.DEFAULT);
  }

  /** Fuses what can be fused, see {@link FuseOptions#DEFAULT}. */
  public static FusionResult fuse(MultiLayerNetwork network) {
    return fuse(network, FuseOptions.DEFAULT);
  }

  /**
   * Fuses what can be fused.
   *
   * @param model initialised, FLOAT or DOUBLE; other types are left alone, with a word
   * @throws UnfusedException where the options say that nothing linear may stay
   */
  public static FusionResult fuse(Model model, FuseOptions options) {
    if (!(model instanceof ComputationGraph) && !(model instanceof MultiLayerNetwork)) {
      throw new IllegalArgumentException(
          "only a ComputationGraph or a MultiLayerNetwork can be fused, got "
              + model.getClass().getName());
    }
    NetworkView network = NetworkView.of(model);
    boolean known = network.dataType() == DataType.FLOAT || network.dataType() == DataType.DOUBLE;
    FusionResult result = known ? fused(model, options) : untouched(model, network);
    if (options.unfused() == FuseOptions.Unfused.FAIL && !result.refused().isEmpty()) {
      throw new UnfusedException(result.refused());
    }
    return result;
  }

  private static FusionResult untouched(Model model, NetworkView network) {
    String reason =
        "data type " + network.dataType() + "; only FLOAT and DOUBLE are fused, convert it first";
    return new FusionResult(
        network.build(model), List.of(new RegionOutcome.Refused("network", reason)), Map.of());
  }

  private static FusionResult fused(Model original, FuseOptions options) {
    FusionPlan plan = FusionPlan.of(original, options.maxCost(), options.inputTypes());
    FusedRegions fused = FusedRegions.of(plan, options.grouped());
    NetworkView rewritten = fused.network();
    AliasGuard guard = new AliasGuard(rewritten, Names.of(plan.network()).and(rewritten));
    return new FusionResult(
        guard.guarded().build(original),
        new Outcomes(plan, fused).list(guard.corrections()),
        spans(plan, fused));
  }

  private static Map<String, Span> spans(FusionPlan plan, FusedRegions fused) {
    Map<String, Span> spans = new HashMap<>();
    fused
        .convolutions()
        .forEach(
            (region, node) ->
                spans.put(
                    node.name(),
                    new Span(
                        region.source().tensor(),
                        plan.resultOf(region),
                        region.source().preprocessor())));
    return spans;
  }
}
