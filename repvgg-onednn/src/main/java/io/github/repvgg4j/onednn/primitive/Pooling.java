package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_pooling_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * The maximum or the average of each window.
 *
 * @param source {@code [N, C, H, W]}
 * @param target {@code [N, C, H', W']}
 * @param window dense
 */
public record Pooling(Kind kind, Layout source, Layout target, Window window) {

  /** What is taken. */
  public enum Kind {
    /** For training, its WORKSPACE holds where the maxima were. */
    MAXIMUM(dnnl.dnnl_pooling_max),
    /** Of the pixels, without padding. */
    AVERAGE(dnnl.dnnl_pooling_avg_exclude_padding);

    private final int algorithm;

    Kind(int algorithm) {
      this.algorithm = algorithm;
    }
  }

  /** Reads SOURCE, writes TARGET; of maxima for training also WORKSPACE. */
  public Primitive forward(Purpose purpose) {
    return Primitive.of(
        "pooling",
        new dnnl_pooling_desc_t(),
        made ->
            dnnl.dnnl_pooling_forward_desc_init(
                made,
                purpose.number(),
                kind.algorithm,
                source.describe(),
                target.describe(),
                window.strides(),
                window.kernels(),
                window.before(),
                window.after()));
  }

  /** Reads TARGET_GRADIENT, of maxima also WORKSPACE, writes SOURCE_GRADIENT. */
  public Primitive backward(Primitive forward) {
    return Primitive.of(
        "pooling's gradient",
        new dnnl_pooling_desc_t(),
        made ->
            dnnl.dnnl_pooling_backward_desc_init(
                made,
                kind.algorithm,
                source.describe(),
                target.describe(),
                window.strides(),
                window.kernels(),
                window.before(),
                window.after()),
        After.NOTHING,
        forward);
  }
}
