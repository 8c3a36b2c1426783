package io.github.repvgg4j.rewrite.bounds;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.plan.FusionPlan;
import io.github.repvgg4j.rewrite.plan.Region;
import io.github.repvgg4j.rewrite.step.Step;
import io.github.repvgg4j.rewrite.step.StepReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far a fused convolution can be from the layers that it replaces, both computed in the
 * network's floating-point type on one and the same input. Both sides are bounded around the exact
 * value, so their distance is at most the sum. See docs/what-can-be-fused.md for what is proven and
 * what is estimated.
 */
public final class RoundingBounds {

  /** Heap for one weight at work: one kernel at a time, in float64, and to spare. */
  private static final long BYTES_PER_WEIGHT = 2L * Double.BYTES;

  /**
   * Largest distance over all channels and pixels.
   *
   * @param proven never exceeded on the tensors that it was computed for, nor on others that stay
   *     within their ranges and sums of products (docs/what-can-be-fused.md)
   * @param estimated exceeded with a probability below 1e-9, if roundings are independent
   */
  public record Bound(double proven, double estimated) {}

  private final FusionPlan plan;
  private final NetworkView original;
  private final Map<String, Step> steps;
  private final RoundingModel rounding;

  /**
   * @param model the network before fusing
   * @param options those that it was fused with
   */
  public RoundingBounds(Model model, FuseOptions options) {
    plan = FusionPlan.of(model, options.maxCost(), options.inputTypes());
    original = plan.network();
    steps = plan.steps();
    rounding = new RoundingModel(original.dataType());
  }

  /**
   * Bounds for every fused region, by the name of its convolution.
   *
   * @param tensors of the original network, from {@link Activations#of}; where a region's input is
   *     missing, it is taken to stay within 1
   */
  public Map<String, Bound> of(FusionResult result, Map<String, INDArray> tensors) {
    Map<String, Node> fusedNodes = NetworkView.of(result.network()).nodes();
    Map<List<String>, String> names = new HashMap<>();
    result.sources().forEach((name, span) -> names.put(span.to(), name));
    List<Region> fused =
        plan.regions().stream().filter(r -> names.containsKey(plan.resultOf(r))).toList();
    Function<Region, Bound> work =
        region -> bound(region, fusedNodes.get(names.get(plan.resultOf(region))), tensors);
    List<Bound> bounds =
        tensors.isEmpty()
            ? FusionPlan.sideBySide(fused, BYTES_PER_WEIGHT, work)
            : fused.stream().map(work).toList(); // ND4J convolves the tensors with all processors
    Map<String, Bound> byName = new LinkedHashMap<>();
    for (int i = 0; i < bounds.size(); i++) {
      byName.put(names.get(plan.resultOf(fused.get(i))), bounds.get(i));
    }
    return byName;
  }

  private Bound bound(Region region, Node fused, Map<String, INDArray> tensors) {
    Walk walk = new Walk(region, new RegionTensors(region, original, tensors));
    ChannelErrors apart =
        RoundingModel.apart(walk.at(region.root()), walk.fused(StepReader.read(fused)));
    return new Bound(apart.largestProven(), apart.largestEstimated());
  }

  /** Carries errors over the nodes of one region. */
  private final class Walk {

    private final Region region;
    private final RegionTensors tensors;
    private final Map<String, ChannelErrors> done = new HashMap<>();
    private final ChannelErrors input;

    Walk(Region region, RegionTensors tensors) {
      this.region = region;
      this.tensors = tensors;
      this.input = ChannelErrors.exact(tensors.inputRange());
    }

    ChannelErrors fused(Step step) {
      Step.Convolution conv =
          step instanceof Step.Separable half ? half.pointwise() : (Step.Convolution) step;
      return convolution(input, tensors.input(), conv, 1);
    }

    ChannelErrors at(String tensor) {
      if (!region.members().contains(tensor)) {
        return input;
      }
      ChannelErrors known = done.get(tensor);
      if (known == null) {
        known =
            compute(original.nodes().get(tensor), steps.get(tensor)).limited(tensors.range(tensor));
        done.put(tensor, known);
      }
      return known;
    }

    private ChannelErrors compute(Node node, Step step) {
      if (step instanceof Step.Separable separable) {
        return convolution(input, tensors.input(), separable.pointwise(), 0);
      }
      ChannelErrors in = at(node.inputs().get(0));
      if (step instanceof Step.Convolution conv) {
        return convolution(in, tensors.read(node.inputs().get(0)), conv, 0);
      }
      if (step instanceof Step.Affine affine) {
        return rounding.batchNorm(in, affine.map(), affine.statistics());
      }
      if (step instanceof Step.Scale scale) {
        return rounding.scaled(in, scale.factor(), scale.summand());
      }
      if (step instanceof Step.Spatial spatial) {
        return rounding.average(in, spatial.geometry().taps());
      }
      if (step instanceof Step.Activate activate) {
        return rounding.activation(in, activate.activation());
      }
      if (step instanceof Step.Sum sum) {
        List<ChannelErrors> inputs = new ArrayList<>();
        node.inputs().forEach(name -> inputs.add(at(name)));
        return rounding.sum(inputs, sum.coefficients());
      }
      return in;
    }

    /**
     * @param read the tensor that is convolved, as computed; empty where unknown
     * @param more roundings of each product
     */
    private ChannelErrors convolution(
        ChannelErrors in, Optional<INDArray> read, Step.Convolution conv, int more) {
      LinearConv kernel = conv.kernel().get();
      ChannelErrors out =
          rounding.convolution(in, kernel, read.map(x -> Magnitudes.of(kernel, x)), more);
      return rounding.activation(out, conv.activation());
    }
  }
}
