package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_convolution_desc_t;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * A convolution, grouped where its weights have five axes. Every layout may be left to oneDNN; then
 * {@link Primitive#layout} tells.
 *
 * @param source {@code [N, in, H, W]}
 * @param weights {@code [out, in, kH, kW]} or {@code [groups, out / groups, in / groups, kH, kW]}
 * @param bias {@code [out]}; null for none
 * @param target {@code [N, out, H', W']}
 */
public record Convolution(
    Layout source, Layout weights, Layout bias, Layout target, Window window, Algorithm algorithm) {

  /** How it is computed. */
  public enum Algorithm {
    DIRECT(dnnl.dnnl_convolution_direct),
    /** Fewer multiplications for 3x3 windows, less exact: Lavin and Gray, arXiv 1509.09308. */
    WINOGRAD(dnnl.dnnl_convolution_winograd),
    /** As oneDNN thinks best. */
    AUTO(dnnl.dnnl_convolution_auto);

    private final int number;

    Algorithm(int number) {
      this.number = number;
    }
  }

  /** Computed directly. */
  public static Convolution direct(
      Layout source, Layout weights, Layout bias, Layout target, Window window) {
    return new Convolution(source, weights, bias, target, window, Algorithm.DIRECT);
  }

  /** The same, computed otherwise. */
  public Convolution with(Algorithm other) {
    return new Convolution(source, weights, bias, target, window, other);
  }

  /** Reads SOURCE, WEIGHTS and BIAS, writes TARGET. */
  public Primitive forward(Purpose purpose, After after) {
    return forward(purpose, Attributes.of(after));
  }

  /** The same of integers: weights S8, the bias S32 in units of the sums. */
  public Primitive forward(Purpose purpose, Attributes attributes) {
    return Primitive.of(
        "convolution",
        new dnnl_convolution_desc_t(),
        made ->
            dnnl.dnnl_dilated_convolution_forward_desc_init(
                made,
                purpose.number(),
                algorithm.number,
                source.describe(),
                weights.describe(),
                describeBias(),
                target.describe(),
                window.strides(),
                window.gaps(),
                window.before(),
                window.after()),
        attributes,
        null);
  }

  /** Reads WEIGHTS and TARGET_GRADIENT, writes SOURCE_GRADIENT. */
  public Primitive backwardData(Primitive forward) {
    return Primitive.of(
        "convolution's gradient of its source",
        new dnnl_convolution_desc_t(),
        made ->
            dnnl.dnnl_dilated_convolution_backward_data_desc_init(
                made,
                algorithm.number,
                source.describe(),
                weights.describe(),
                target.describe(),
                window.strides(),
                window.gaps(),
                window.before(),
                window.after()),
        After.NOTHING,
        forward);
  }

  /** Reads SOURCE and TARGET_GRADIENT, writes WEIGHTS_GRADIENT and BIAS_GRADIENT. */
  public Primitive backwardWeights(Primitive forward) {
    return Primitive.of(
        "convolution's gradient of its weights",
        new dnnl_convolution_desc_t(),
        made ->
            dnnl.dnnl_dilated_convolution_backward_weights_desc_init(
                made,
                algorithm.number,
                source.describe(),
                weights.describe(),
                describeBias(),
                target.describe(),
                window.strides(),
                window.gaps(),
                window.before(),
                window.after()),
        After.NOTHING,
        forward);
  }

  /**
   * Whether {@link #backwardWeights} can be used: of bfloat16 images one pixel wide, passed over
   * with a stride, oneDNN 2.5.2's reads working memory that it never wrote.
   */
  public boolean hasWeightGradient() {
    boolean onePixel = source.dims()[3] == 1 && window.width().stride() > 1;
    return source.type() != DataType.BF16 || !onePixel;
  }

  private dnnl_memory_desc_t describeBias() {
    return bias == null ? null : bias.describe();
  }
}
