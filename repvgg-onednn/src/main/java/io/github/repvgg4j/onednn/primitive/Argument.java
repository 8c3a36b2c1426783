package io.github.repvgg4j.onednn.primitive;

import org.bytedeco.dnnl.global.dnnl;

/**
 * What a primitive reads or writes.
 *
 * @param number oneDNN's
 */
public record Argument(int number) {

  public static final Argument SOURCE = new Argument(dnnl.DNNL_ARG_SRC);
  public static final Argument SECOND_SOURCE = new Argument(dnnl.DNNL_ARG_SRC_1);
  public static final Argument WEIGHTS = new Argument(dnnl.DNNL_ARG_WEIGHTS);
  public static final Argument BIAS = new Argument(dnnl.DNNL_ARG_BIAS);
  public static final Argument TARGET = new Argument(dnnl.DNNL_ARG_DST);

  /** BatchNorm's gamma. */
  public static final Argument SCALE = new Argument(dnnl.DNNL_ARG_SCALE);

  /** BatchNorm's beta. */
  public static final Argument SHIFT = new Argument(dnnl.DNNL_ARG_SHIFT);

  public static final Argument MEAN = new Argument(dnnl.DNNL_ARG_MEAN);
  public static final Argument VARIANCE = new Argument(dnnl.DNNL_ARG_VARIANCE);

  public static final Argument SOURCE_GRADIENT = new Argument(dnnl.DNNL_ARG_DIFF_SRC);
  public static final Argument WEIGHTS_GRADIENT = new Argument(dnnl.DNNL_ARG_DIFF_WEIGHTS);
  public static final Argument BIAS_GRADIENT = new Argument(dnnl.DNNL_ARG_DIFF_BIAS);
  public static final Argument TARGET_GRADIENT = new Argument(dnnl.DNNL_ARG_DIFF_DST);
  public static final Argument SCALE_GRADIENT = new Argument(dnnl.DNNL_ARG_DIFF_SCALE);
  public static final Argument SHIFT_GRADIENT = new Argument(dnnl.DNNL_ARG_DIFF_SHIFT);

  /** What a forward pass for training leaves for its backward pass, such as places of maxima. */
  public static final Argument WORKSPACE = new Argument(dnnl.DNNL_ARG_WORKSPACE);

  /** Working memory during the call. */
  public static final Argument SCRATCHPAD = new Argument(dnnl.DNNL_ARG_SCRATCHPAD);

  /** What {@link After.Add} number {@code index} of {@link After#steps} adds. */
  public static Argument added(int index) {
    return new Argument(
        dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (index + 1) | dnnl.DNNL_ARG_SRC_1);
  }
}
