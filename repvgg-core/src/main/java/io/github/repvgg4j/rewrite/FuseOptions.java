package io.github.repvgg4j.rewrite;

import io.github.repvgg4j.rewrite.fuse.Grouped;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * How to fuse.
 *
 * @param unfused what to do about linear regions that cannot be fused
 * @param grouped how kernels with groups are written
 * @param maxCost largest ratio of a fused convolution's multiplications to its region's; 1.5 lets
 *     parallel kernels of different dilation join and keeps depthwise separable pairs apart
 * @param inputTypes shapes of the network's inputs, empty where unknown; needed only where {@code
 *     Same} padding at a stride above 1 meets other kernels, and then the result holds for inputs
 *     of this size alone
 */
public record FuseOptions(
    Unfused unfused, Grouped grouped, double maxCost, List<InputType> inputTypes) {

  /** Report everything, use grouped layers, no stated input shape. */
  public static final FuseOptions DEFAULT =
      new FuseOptions(Unfused.REPORT, Grouped.AS_GROUPED_LAYER, 1.5, List.of());

  /** What to do about linear regions that stay. */
  public enum Unfused {
    /** Say so in the result. */
    REPORT,
    /** Throw an {@link UnfusedException}. */
    FAIL
  }

  public FuseOptions {
    Objects.requireNonNull(unfused, "unfused");
    Objects.requireNonNull(grouped, "grouped");
    inputTypes = List.copyOf(inputTypes);
    if (!(maxCost >= 1)) {
      throw new IllegalArgumentException("maxCost: must be at least 1, got " + maxCost);
    }
  }

  /** Anything linear that stays unfused is an error. */
  public FuseOptions strict() {
    return new FuseOptions(Unfused.FAIL, grouped, maxCost, inputTypes);
  }

  /** Stock layers only. */
  public FuseOptions portable() {
    return new FuseOptions(unfused, Grouped.AS_DENSE, maxCost, inputTypes);
  }

  public FuseOptions withMaxCost(double ratio) {
    return new FuseOptions(unfused, grouped, ratio, inputTypes);
  }

  /** For inputs of these shapes only. */
  public FuseOptions withInputTypes(InputType... types) {
    return new FuseOptions(unfused, grouped, maxCost, List.of(types));
  }
}
