package io.github.repvgg4j.spec;

import io.github.repvgg4j.spec.BlockKind.Follower;

/**
 * One block: what goes in, what comes out, and which branches it has.
 *
 * @param stage stage 0 to 4
 * @param index position within its stage, from 0
 * @param layerIndex position within the network, from 0 (the reference's {@code cur_layer_idx})
 * @param in input channels
 * @param out output channels
 * @param stride 1 or more, of all branches
 * @param pool side and stride of the max pooling behind the block's ReLU, 1 for none
 * @param groups groups of the convolutions; as many as channels where it is depthwise
 * @param squeezeExcitation whether squeeze-and-excitation stands before the ReLU
 * @param form what the training form is made of
 * @param batchNormEps what its BatchNorms add to the variance
 */
public record BlockSpec(
    int stage,
    int index,
    int layerIndex,
    int in,
    int out,
    int stride,
    int pool,
    int groups,
    boolean squeezeExcitation,
    Form form,
    double batchNormEps) {

  /**
   * The training form.
   *
   * @param kind the row of what follows what
   * @param kernel 3, or 1 for MobileOne's pointwise blocks
   * @param convolutions of this kernel, side by side
   * @param branches that the training form may have beside them
   */
  public record Form(BlockKind kind, int kernel, int convolutions, Branches branches) {

    public Form {
      if (kernel != 1 && kernel != 3) {
        throw new IllegalArgumentException("kernel: must be 1 or 3, got " + kernel);
      }
      SpecChecks.positive("convolutions", convolutions);
    }

    /** RepVGG's. */
    public static Form repVgg(Branches branches) {
      return new Form(BlockKind.REPVGG, 3, 1, branches);
    }
  }

  public BlockSpec {
    if (in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "groups: must divide the channels, "
              + BlockNames.block(stage, index)
              + " has "
              + in
              + " -> "
              + out
              + " in "
              + groups
              + " groups");
    }
  }

  /** The name of this block, which is also the name of its fused convolution. */
  public String name() {
    return BlockNames.block(stage, index);
  }

  public BlockKind kind() {
    return form.kind();
  }

  /** Side of its largest kernel, which is that of the fused convolution. */
  public int kernel() {
    return form.kernel();
  }

  /** Whether each channel is convolved by itself. */
  public boolean isDepthwise() {
    return groups == in && in > 1;
  }

  /** Channels between the two maps of squeeze-and-excitation: reduction 16, as in RepVGG-D2se. */
  public int squeezedChannels() {
    return Math.max(1, out / 16);
  }

  /** Whether a 1x1 convolution stands beside the 3x3. */
  public boolean hasPointwise() {
    return kernel() > 1 && form.branches().hasPointwise() && kind().pointwise() != Follower.ABSENT;
  }

  /** An identity branch exists where input and output have the same shape. */
  public boolean hasIdentity() {
    return form.branches().hasIdentity()
        && kind().identity() != Follower.ABSENT
        && in == out
        && stride == 1;
  }
}
