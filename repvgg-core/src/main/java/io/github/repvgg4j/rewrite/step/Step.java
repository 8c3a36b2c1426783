package io.github.repvgg4j.rewrite.step;

import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.reparam.ChannelAffine;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import java.util.List;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.nd4j.linalg.activations.IActivation;

/** What a node computes in inference, as far as fusing is concerned. */
public sealed interface Step {

  /**
   * Where DL4J reads a mask for a layer: it leaves masks alone in mode {@code Same} at stride 1.
   */
  static Geometry maskWindow(Geometry geometry, ConvolutionMode mode) {
    boolean unchanged =
        mode == ConvolutionMode.Same
            && geometry.vertical().stride() == 1
            && geometry.horizontal().stride() == 1;
    return unchanged ? Geometry.POINT : geometry;
  }

  /**
   * A convolution and then an activation.
   *
   * @param masks where DL4J reads a mask of the input for a mask of the output
   * @param kernel reads the parameters in float64; {@code [out, in/groups, kH, kW]}
   * @param activation null for none
   */
  record Convolution(
      int in,
      int out,
      int groups,
      Geometry geometry,
      Geometry masks,
      CNN2DFormat format,
      boolean shift,
      IActivation activation,
      Supplier<LinearConv> kernel)
      implements Step {}

  /**
   * A stock separable convolution: its pointwise half is a 1x1 convolution of a tensor that only
   * this layer sees.
   */
  record Separable(Convolution pointwise) implements Step {}

  /**
   * BatchNorm.
   *
   * @param statistics for the rounding analysis
   * @param format matters on images only
   */
  record Affine(ChannelAffine map, BatchNormStatistics statistics, CNN2DFormat format)
      implements Step {}

  /** The same map for all channels. */
  record Scale(double factor, double summand) implements Step {}

  /** Inputs added with these coefficients. */
  record Sum(List<Double> coefficients) implements Step {}

  /**
   * Depthwise and without parameters: average pooling or zero padding.
   *
   * @param masks where DL4J reads a mask of the input for a mask of the output
   */
  record Spatial(Geometry geometry, Geometry masks, CNN2DFormat format, Kind kind) implements Step {

    /** What it does with the pixels. */
    public enum Kind {
      /** Averages those under the kernel. */
      AVERAGE_POOL,
      /** Puts zeros around them. */
      ZERO_PADDING
    }
  }

  /** Element by element. */
  record Activate(IActivation activation) implements Step {}

  /** Nothing, in inference. */
  record Pass() implements Step {}

  /** Linear, but not to be fused, for this reason. */
  record Barred(String reason) implements Step {}

  /** Linear, but of a kind of layer that is never fused; the reason names the kind. */
  record Unfusable(String reason) implements Step {}

  /** Not linear, or not of a kind that has a law. */
  record Other(String what) implements Step {}
}
