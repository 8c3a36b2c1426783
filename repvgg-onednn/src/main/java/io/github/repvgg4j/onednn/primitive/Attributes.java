package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.OneDnnException;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;

/**
 * What a primitive does besides its operation: how it understands integers, and what it does to its
 * result.
 *
 * @param integers empty for numbers that stand for themselves
 */
public record Attributes(Optional<Integers> integers, After after) {

  /** A mask for one factor of all numbers. */
  private static final int ALL = 0;

  /** A mask for factors along axis 1, the channels. */
  private static final int CHANNELS = 1 << 1;

  public static final Attributes NOTHING = of(After.NOTHING);

  /** How integers are understood. */
  public sealed interface Integers {}

  /**
   * The result is {@code factor (sum + bias) + targetZeroPoint}, with {@link After} before the last
   * sum; zero points are taken off the source before it is multiplied, and padding counts as zero.
   *
   * @param factors one for all, or one for each channel (axis 1) of the target
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Scaled(float[] factors, int sourceZeroPoint, int targetZeroPoint)
      implements Integers {}

  /** Of a binary operation: each source is first multiplied. */
  public record ScaledSources(float first, float second) implements Integers {}

  /** Numbers that stand for themselves. */
  public static Attributes of(After after) {
    return new Attributes(Optional.empty(), after);
  }

  public static Attributes of(Integers integers, After after) {
    return new Attributes(Optional.of(integers), after);
  }

  /** oneDNN's form of it, with working memory from the caller; the caller destroys it. */
  dnnl_primitive_attr create() {
    dnnl_primitive_attr made = new dnnl_primitive_attr();
    check(dnnl.dnnl_primitive_attr_create(made));
    try {
      check(dnnl.dnnl_primitive_attr_set_scratchpad_mode(made, dnnl.dnnl_scratchpad_mode_user));
      integers.ifPresent(rule -> set(made, rule));
      after.set(made);
    } catch (RuntimeException e) {
      dnnl.dnnl_primitive_attr_destroy(made);
      throw e;
    }
    return made;
  }

  private static void set(dnnl_primitive_attr made, Integers rule) {
    if (rule instanceof Scaled scaled) {
      float[] factors = scaled.factors();
      int mask = factors.length == 1 ? ALL : CHANNELS;
      check(dnnl.dnnl_primitive_attr_set_output_scales(made, factors.length, mask, factors));
      zeroPoint(made, dnnl.DNNL_ARG_SRC, scaled.sourceZeroPoint());
      zeroPoint(made, dnnl.DNNL_ARG_DST, scaled.targetZeroPoint());
    } else if (rule instanceof ScaledSources sources) {
      scale(made, dnnl.DNNL_ARG_SRC_0, sources.first());
      scale(made, dnnl.DNNL_ARG_SRC_1, sources.second());
    }
  }

  /** Kernels are the quicker for none. */
  private static void zeroPoint(dnnl_primitive_attr made, int argument, int value) {
    if (value != 0) {
      check(dnnl.dnnl_primitive_attr_set_zero_points(made, argument, 1, ALL, new int[] {value}));
    }
  }

  private static void scale(dnnl_primitive_attr made, int argument, float factor) {
    if (factor != 1) {
      check(dnnl.dnnl_primitive_attr_set_scales(made, argument, 1, ALL, new float[] {factor}));
    }
  }

  private static void check(int status) {
    OneDnnException.check("attributes", status);
  }
}
