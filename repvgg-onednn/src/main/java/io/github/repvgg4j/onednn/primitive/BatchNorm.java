package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import org.bytedeco.dnnl.dnnl_batch_normalization_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * BatchNorm with scale and shift: Ioffe and Szegedy, arXiv 1502.03167, algorithm 1.
 *
 * @param images {@code [N, C, H, W]}, source and target alike
 */
public record BatchNorm(Layout images, float eps) {

  private static final int AFFINE = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;

  /** Of SCALE, SHIFT, MEAN, VARIANCE and the gradients of the first two: {@code [C]}, float32. */
  public Layout vector() {
    return Layout.plain(DataType.F32, images.dim(1));
  }

  /** Reads SOURCE, SCALE and SHIFT; writes TARGET, and the batch's MEAN and (biased) VARIANCE. */
  public Primitive training() {
    return forward(Purpose.TRAINING, AFFINE);
  }

  /** Reads SOURCE, SCALE, SHIFT, MEAN and VARIANCE; writes TARGET. */
  public Primitive inference() {
    return forward(Purpose.INFERENCE, AFFINE | dnnl.dnnl_use_global_stats);
  }

  private Primitive forward(Purpose purpose, int flags) {
    return Primitive.of(
        "BatchNorm",
        new dnnl_batch_normalization_desc_t(),
        made ->
            dnnl.dnnl_batch_normalization_forward_desc_init(
                made, purpose.number(), images.describe(), eps, flags));
  }

  /**
   * Reads SOURCE, TARGET_GRADIENT, MEAN, VARIANCE, SCALE and SHIFT; writes SOURCE_GRADIENT,
   * SCALE_GRADIENT and SHIFT_GRADIENT.
   */
  public Primitive backward(Primitive training) {
    return Primitive.of(
        "BatchNorm's gradient",
        new dnnl_batch_normalization_desc_t(),
        made ->
            dnnl.dnnl_batch_normalization_backward_desc_init(
                made, dnnl.dnnl_backward, images.describe(), images.describe(), eps, AFFINE),
        After.NOTHING,
        training);
  }
}
