package io.github.repvgg4j.spec;

/**
 * One RepVGG block: what goes in, what comes out, and which branches it has.
 *
 * @param stage stage 0 to 4
 * @param index position within its stage, from 0
 * @param layerIndex position within the network, from 0 (the reference's {@code cur_layer_idx})
 * @param in input channels
 * @param out output channels
 * @param stride 1 or more, of both branches
 * @param pool side and stride of the max pooling behind the block's ReLU, 1 for none
 * @param groups groups of the 3x3 and the 1x1 convolution
 * @param squeezeExcitation whether squeeze-and-excitation stands before the ReLU
 * @param branches that the training form may have
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
    Branches branches,
    double batchNormEps) {

  public BlockSpec {
    if (in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          BlockNames.block(stage, index)
              + ": groups must divide the channels, got "
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

  /** Channels between the two maps of squeeze-and-excitation: reduction 16, as in RepVGG-D2se. */
  public int squeezedChannels() {
    return Math.max(1, out / 16);
  }

  /** An identity branch exists where input and output have the same shape. */
  public boolean hasIdentity() {
    return branches.hasIdentity() && in == out && stride == 1;
  }
}
