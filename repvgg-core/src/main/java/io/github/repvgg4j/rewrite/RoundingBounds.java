package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.rewrite.FusionResult.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How far a fused convolution can be from the layers that it replaces, both computed in the
 * network's floating-point type on one and the same input. Both sides are bounded around the exact
 * value, so their distance is at most the sum. See docs/what-can-be-fused.md for what is proven and
 * what is estimated.
 */
public final class RoundingBounds {

  /**
   * Largest distance over all channels and pixels.
   *
   * @param proven never exceeded, if every channel of the region's input stays within its range
   * @param estimated exceeded with a probability below 1e-9, if roundings are independent
   */
  public record Bound(double proven, double estimated) {}

  private final NetworkView original;
  private final Map<String, Step> steps;
  private final List<Region> regions;
  private final RoundingModel rounding;

  /**
   * @param model the network before fusing
   * @param options those that it was fused with
   */
  public RoundingBounds(Model model, FuseOptions options) {
    original = NetworkView.of(model);
    RegionPlanner planner =
        new RegionPlanner(original, TensorSizes.of(model, options), options.maxCost());
    regions = planner.plan();
    steps = planner.steps();
    rounding = new RoundingModel(original.dataType());
  }

  /**
   * Bounds for every fused region, by the name of its convolution.
   *
   * @param ranges for every tensor of the original network its largest |value| per channel, see
   *     {@link #ranges}; a tensor that is missing is taken to stay within 1
   */
  public Map<String, Bound> of(FusionResult result, Map<String, double[]> ranges) {
    Map<String, Bound> bounds = new LinkedHashMap<>();
    perChannel(result, ranges)
        .forEach(
            (name, errors) ->
                bounds.put(name, new Bound(errors.largestProven(), errors.largestEstimated())));
    return bounds;
  }

  Map<String, ChannelErrors> perChannel(FusionResult result, Map<String, double[]> ranges) {
    Map<String, Node> fusedNodes = NetworkView.of(result.network()).nodes();
    Map<String, String> nameByRoot = new HashMap<>();
    result.sources().forEach((name, span) -> nameByRoot.put(span.to(), name));
    Map<String, ChannelErrors> bounds = new LinkedHashMap<>();
    for (Region region : regions) {
      String name = nameByRoot.get(region.root());
      if (name == null) {
        continue;
      }
      ChannelErrors input = input(region, ranges, result.sources().get(name));
      ChannelErrors unfused = new Walk(region, input).at(region.root());
      ChannelErrors fused = fused(StepReader.read(fusedNodes.get(name)), input);
      bounds.put(name, RoundingModel.apart(unfused, fused));
    }
    return bounds;
  }

  private ChannelErrors fused(Step step, ChannelErrors input) {
    Step.Convolution conv =
        step instanceof Step.Separable separable ? separable.pointwise() : (Step.Convolution) step;
    return rounding.activation(
        rounding.convolution(input, conv.kernel().get(), 1), conv.activation());
  }

  /**
   * The region's input; behind a preprocessor and inside a separable layer the range is unknown.
   */
  private static ChannelErrors input(Region region, Map<String, double[]> ranges, Span span) {
    int channels = region.channels().in();
    double[] range = ranges.get(span.from());
    boolean known =
        range != null
            && range.length == channels
            && region.form().source().preprocessor() == null
            && region.form().source().inside() == null;
    if (!known) {
      double largest = range == null ? 1 : java.util.Arrays.stream(range).max().orElse(1);
      range = new double[channels];
      java.util.Arrays.fill(range, largest);
    }
    return ChannelErrors.exact(range);
  }

  /**
   * The largest |value| of each channel.
   *
   * @param tensor {@code [N, C, H, W]} or {@code [N, C]}
   */
  public static double[] ranges(INDArray tensor) {
    INDArray sizes =
        tensor.rank() == 4 ? tensor.amax(0, 2, 3) : tensor.rank() == 2 ? tensor.amax(0) : null;
    return sizes == null ? new double[] {tensor.amaxNumber().doubleValue()} : Arrays64.of(sizes);
  }

  /**
   * For every tensor, {@link #ranges}; images of NHWC regions are told by their region's format.
   */
  public Map<String, double[]> ranges(Map<String, INDArray> tensors) {
    Map<String, double[]> ranges = new HashMap<>();
    for (Region region : regions) {
      String from = region.form().source().tensor();
      INDArray tensor = tensors.get(from);
      if (tensor != null) {
        boolean last = region.form().format() == CNN2DFormat.NHWC && tensor.rank() == 4;
        ranges.put(from, ranges(last ? tensor.permute(0, 3, 1, 2) : tensor));
      }
    }
    return ranges;
  }

  /** Carries errors over the nodes of one region. */
  private final class Walk {

    private final Region region;
    private final Map<String, ChannelErrors> done = new HashMap<>();
    private final ChannelErrors input;

    Walk(Region region, ChannelErrors input) {
      this.region = region;
      this.input = input;
    }

    ChannelErrors at(String tensor) {
      if (!region.form().members().contains(tensor)) {
        return input;
      }
      ChannelErrors known = done.get(tensor);
      if (known == null) {
        known = compute(original.nodes().get(tensor), steps.get(tensor));
        done.put(tensor, known);
      }
      return known;
    }

    private ChannelErrors compute(Node node, Step step) {
      if (step instanceof Step.Separable separable) {
        return convolution(input, separable.pointwise());
      }
      ChannelErrors in = at(node.inputs().get(0));
      if (step instanceof Step.Convolution conv) {
        return convolution(in, conv);
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

    private ChannelErrors convolution(ChannelErrors in, Step.Convolution conv) {
      return rounding.activation(
          rounding.convolution(in, conv.kernel().get(), 0), conv.activation());
    }
  }
}
