package io.github.repvgg4j.accelerate.helper;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;

import java.util.List;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.deeplearning4j.nn.conf.CNN2DFormat;

/** The primitives of one BatchNorm for one input shape, each made when first needed. */
final class BatchNormPlan {

  private static final int AFFINE =
      dnnl.normalization_flags.use_scale.value | dnnl.normalization_flags.use_shift.value;
  private static final int GLOBAL = dnnl.normalization_flags.use_global_stats.value;

  private static final List<memory.format_tag> FAST_LAYOUTS =
      List.of(memory.format_tag.nChw16c, memory.format_tag.nChw8c, memory.format_tag.nhwc);

  private final long[] dims;
  private final float eps;
  private final memory.desc plain;
  private final memory.desc wanted;
  private final batch_normalization_forward.primitive_desc trainingDesc;
  private Kernel training;
  private Kernel inference;
  private Kernel backward;

  /**
   * @param dims {@code [N, C, H, W]}
   */
  BatchNormPlan(long[] dims, CNN2DFormat format, float eps) {
    this.dims = dims;
    this.eps = eps;
    this.plain = Descriptors.images(dims, format);
    this.wanted = fastLayout();
    this.trainingDesc = describe(wanted, dnnl.prop_kind.forward_training, AFFINE);
  }

  /** The first layout for which oneDNN has generated code; the array's own where there is none. */
  private memory.desc fastLayout() {
    for (memory.format_tag tag : FAST_LAYOUTS) {
      memory.desc candidate = Descriptors.of(dims, tag);
      batch_normalization_forward.primitive_desc desc =
          describe(candidate, dnnl.prop_kind.forward_training, AFFINE);
      if (desc.impl_info_str().getString().contains("jit")) {
        return candidate;
      }
    }
    return plain;
  }

  private batch_normalization_forward.primitive_desc describe(
      memory.desc layout, dnnl.prop_kind kind, int flags) {
    return new batch_normalization_forward.primitive_desc(
        new batch_normalization_forward.desc(kind.value, layout, eps, flags), OneDnn.cpu());
  }

  /** Runs on source, gamma, beta, target, batch mean, batch variance (biased). */
  Kernel training() {
    if (training == null) {
      training =
          new Kernel(new batch_normalization_forward(trainingDesc))
              .input(DNNL_ARG_SRC, images())
              .input(DNNL_ARG_SCALE, vector())
              .input(DNNL_ARG_SHIFT, vector())
              .output(DNNL_ARG_DST, images())
              .output(DNNL_ARG_MEAN, vector())
              .output(DNNL_ARG_VARIANCE, vector());
    }
    return training;
  }

  /** Runs on source, gamma, beta, mean, variance, target. */
  Kernel inference() {
    if (inference == null) {
      inference =
          new Kernel(
                  new batch_normalization_forward(
                      describe(wanted, dnnl.prop_kind.forward_inference, AFFINE | GLOBAL)))
              .input(DNNL_ARG_SRC, images())
              .input(DNNL_ARG_SCALE, vector())
              .input(DNNL_ARG_SHIFT, vector())
              .input(DNNL_ARG_MEAN, vector())
              .input(DNNL_ARG_VARIANCE, vector())
              .output(DNNL_ARG_DST, images());
    }
    return inference;
  }

  /**
   * Runs on source, target's gradient, batch mean, batch variance, gamma, beta, source's gradient,
   * gamma's gradient, beta's gradient.
   */
  Kernel backward() {
    if (backward == null) {
      batch_normalization_backward.primitive_desc desc =
          new batch_normalization_backward.primitive_desc(
              new batch_normalization_backward.desc(
                  dnnl.prop_kind.backward.value, wanted, wanted, eps, AFFINE),
              OneDnn.cpu(),
              trainingDesc);
      backward =
          new Kernel(new batch_normalization_backward(desc))
              .input(DNNL_ARG_SRC, images())
              .input(DNNL_ARG_DIFF_DST, images())
              .input(DNNL_ARG_MEAN, vector())
              .input(DNNL_ARG_VARIANCE, vector())
              .input(DNNL_ARG_SCALE, vector())
              .input(DNNL_ARG_SHIFT, vector())
              .output(DNNL_ARG_DIFF_SRC, images())
              .output(DNNL_ARG_DIFF_SCALE, vector())
              .output(DNNL_ARG_DIFF_SHIFT, vector());
    }
    return backward;
  }

  private Operand images() {
    return new Operand(plain, wanted);
  }

  private Operand vector() {
    memory.desc vector = Descriptors.vector(dims[1]);
    return new Operand(vector, vector);
  }
}
