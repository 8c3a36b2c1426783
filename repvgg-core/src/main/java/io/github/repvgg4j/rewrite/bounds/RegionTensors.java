package io.github.repvgg4j.rewrite.bounds;

import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.rewrite.plan.Region;
import io.github.repvgg4j.rewrite.plan.Source;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The tensors inside one region of the original network, as far as they are known. */
final class RegionTensors {

  private final Region region;
  private final NetworkView network;
  private final Map<String, INDArray> tensors;
  private final Optional<INDArray> source;

  /**
   * @param tensors of the whole network, by name; may be empty
   */
  RegionTensors(Region region, NetworkView network, Map<String, INDArray> tensors) {
    this.region = region;
    this.network = network;
    this.tensors = tensors;
    this.source = Optional.ofNullable(tensors.get(region.source().tensor()));
  }

  /** What the region convolves, {@code [N, C, H, W]}; empty where unknown or hidden in a layer. */
  Optional<INDArray> input() {
    Source from = region.source();
    return from.inside() != null ? Optional.empty() : source.map(x -> preprocessed(x, from));
  }

  private INDArray preprocessed(INDArray tensor, Source from) {
    INDArray read =
        from.preprocessor() == null
            ? tensor
            : from.preprocessor()
                .preProcess(tensor.dup(), (int) tensor.size(0), LayerWorkspaceMgr.noWorkspaces());
    return channelsFirst(read);
  }

  /** What a member of the region reads; its source where {@code tensor} is no member. */
  Optional<INDArray> read(String tensor) {
    return region.members().contains(tensor)
        ? Optional.ofNullable(tensors.get(tensor)).map(this::channelsFirst)
        : input();
  }

  /** Largest |value| of each channel of a member's output; empty where unknown. */
  Optional<double[]> range(String member) {
    return Optional.ofNullable(tensors.get(member)).map(this::channelsFirst).map(Magnitudes::range);
  }

  /** Largest |value| of each channel of what the region convolves; 1 where nothing is known. */
  double[] inputRange() {
    int channels = region.in();
    Optional<double[]> known = input().map(Magnitudes::range);
    if (known.isPresent() && known.get().length == channels) {
      return known.get();
    }
    double[] range = new double[channels];
    String separable = region.source().inside();
    double largest = source.map(x -> x.amaxNumber().doubleValue()).orElse(1.0);
    Arrays.fill(range, separable == null ? largest : largest * depthwiseNorm(separable));
    return range;
  }

  /** Largest sum of |weights| that a hidden channel of a separable layer is made with. */
  private double depthwiseNorm(String layer) {
    INDArray weights =
        network
            .nodes()
            .get(layer)
            .params()
            .get(SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY);
    return weights.norm1(2, 3).maxNumber().doubleValue() * (1 + 1e-5);
  }

  private INDArray channelsFirst(INDArray tensor) {
    return region.format() == CNN2DFormat.NHWC && tensor.rank() == 4
        ? tensor.permute(0, 3, 1, 2)
        : tensor;
  }
}
