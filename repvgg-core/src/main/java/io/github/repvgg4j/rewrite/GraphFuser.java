package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.reparam.NotFusibleException;
import io.github.repvgg4j.rewrite.FusionResult.Span;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

  /** Heap for one weight at work: as read, scaled and added up, each in float64, and to spare. */
  private static final long BYTES_PER_WEIGHT = 4L * Double.BYTES;

  private final Model original;
  private final FuseOptions options;
  private final FusionPlan plan;
  private final Map<String, Region> fusedByMember = new HashMap<>();
  private final Map<Region, Node> fused = new LinkedHashMap<>();
  private final Map<String, String> failures = new HashMap<>();

  /**
   * What came of fusing a region.
   *
   * @param node null where it failed
   * @param failure why, null where it did not
   */
  private record Attempt(Region region, Node node, String failure) {}

  private GraphFuser(Model original, FuseOptions options) {
    this.original = original;
    this.options = options;
    this.plan = FusionPlan.of(original, options);
  }

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
    FusionResult result = known ? new GraphFuser(model, options).run() : untouched(model, network);
    if (options.unfused() == FuseOptions.Unfused.FAIL && !result.refused().isEmpty()) {
      throw new UnfusedException(result.refused());
    }
    return result;
  }

  private static FusionResult untouched(Model model, NetworkView network) {
    String reason =
        "data type " + network.dataType() + "; only FLOAT and DOUBLE are fused, convert it first";
    return new FusionResult(
        new NetworkBuilder(network).build(model),
        List.of(new RegionOutcome.Refused("network", reason)),
        Map.of());
  }

  private FusionResult run() {
    fuseRegions();
    NetworkView rewritten = rewritten();
    AliasGuard guard = new AliasGuard(rewritten, Names.of(plan.network()).and(rewritten));
    Outcomes outcomes = new Outcomes(plan, fusedByMember, fused, failures);
    return new FusionResult(
        new NetworkBuilder(guard.guarded()).build(original),
        outcomes.list(guard.corrections()),
        spans());
  }

  private void fuseRegions() {
    Map<Region, String> names = RegionNames.of(plan.regions(), plan.network());
    LayerWriter writer = new LayerWriter(plan.network(), options.grouped());
    SideBySide.map(
            plan.regions(),
            region -> BYTES_PER_WEIGHT * region.form().weights(),
            region -> attempt(region, names.get(region), writer))
        .forEach(this::note);
  }

  private Attempt attempt(Region region, String name, LayerWriter writer) {
    try {
      RegionFusion fusion = new RegionFusion(plan.network(), plan.planner().steps(), region);
      return new Attempt(region, writer.write(region, fusion.fuse(), name), null);
    } catch (NotFusibleException e) {
      return new Attempt(region, null, e.getMessage());
    }
  }

  private void note(Attempt attempt) {
    Region region = attempt.region();
    for (String member : region.form().members()) {
      if (attempt.node() == null) {
        failures.put(member, attempt.failure());
      } else {
        fusedByMember.put(member, region);
      }
    }
    if (attempt.node() != null) {
      fused.put(region, attempt.node());
    }
  }

  /** The network with every fused region's convolution at the place of its root. */
  private NetworkView rewritten() {
    NetworkView network = plan.network();
    Map<String, String> renamed = new HashMap<>();
    fused.forEach((region, node) -> renamed.put(region.root(), node.name()));
    Map<String, Node> nodes = new LinkedHashMap<>();
    for (Node node : network.nodes().values()) {
      Region region = fusedByMember.get(node.name());
      if (region != null && !region.root().equals(node.name())) {
        continue;
      }
      Node written = region == null ? node : fused.get(region);
      List<String> inputs =
          written.inputs().stream().map(in -> renamed.getOrDefault(in, in)).toList();
      nodes.put(written.name(), written.withInputs(inputs));
    }
    return new NetworkView(network.inputs(), network.outputs(), nodes, network.dataType());
  }

  private Map<String, Span> spans() {
    Map<String, Span> spans = new HashMap<>();
    fused.forEach(
        (region, node) ->
            spans.put(
                node.name(),
                new Span(
                    region.form().source().tensor(),
                    plan.resultOf(region),
                    region.form().source().preprocessor())));
    return spans;
  }
}
