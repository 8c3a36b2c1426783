package io.github.repvgg4j.spec;

import java.util.List;
import java.util.Objects;

/**
 * The structure of a network (RepVGG, section 3.4): five stages of blocks, then global average
 * pooling and a linear layer. Stage 0 is a single block.
 *
 * @param depths blocks in stages 1 to 4, of MobileOne pairs of blocks (depthwise, 1x1), four
 *     numbers
 * @param widths output channels of stages 0 to 4, five numbers
 * @param strides by how much the first block of stages 0 to 4 makes the image smaller, five numbers
 *     (ImageNet: all 2)
 * @param blockOptions what the blocks are
 * @param numClasses outputs of the linear layer
 * @param input shape of one image
 */
public record RepVggSpec(
    List<Integer> depths,
    List<Integer> widths,
    List<Integer> strides,
    BlockOptions blockOptions,
    int numClasses,
    InputShape input) {

  /** What BatchNorm adds to the variance where nothing else is said (PyTorch\'s default). */
  public static final double BATCH_NORM_EPS = 1e-5;

  /** Strides of the published networks: every stage halves the resolution. */
  public static final List<Integer> IMAGENET_STRIDES = List.of(2, 2, 2, 2, 2);

  /**
   * What the blocks are, beyond channels and strides.
   *
   * @param groups groups of the blocks of even layer index from 2 on (stage 0 being block 0), 1 for
   *     none
   * @param squeezeExcitation squeeze-and-excitation before each ReLU (RepVGG-D2se); of MobileOne in
   *     the second half of stage 3 and in stage 4 (MobileOne-S4)
   * @param branches of RepVGG's training form
   * @param batchNormEps what BatchNorm adds to the variance; nothing in a state_dict tells it
   * @param downsample how images become smaller
   * @param structure what the training form is made of
   */
  public record BlockOptions(
      int groups,
      boolean squeezeExcitation,
      Branches branches,
      double batchNormEps,
      Downsample downsample,
      Structure structure) {

    /** The plain block: no groups, no squeeze-and-excitation. */
    public static final BlockOptions PLAIN = new BlockOptions(1, false);

    /**
     * @param kind of all blocks
     * @param convolutions side by side in MobileOne's blocks (the paper's k), 1 elsewhere
     */
    public record Structure(BlockKind kind, int convolutions) {

      public static final Structure REPVGG = new Structure(BlockKind.REPVGG, 1);

      public Structure {
        Objects.requireNonNull(kind, "kind");
        SpecChecks.positive("convolutions", convolutions);
        if (convolutions > 1 && kind != BlockKind.MOBILEONE) {
          throw new IllegalArgumentException(
              "convolutions: more than one side by side needs block mobileone, got "
                  + convolutions
                  + " with "
                  + kind.label());
        }
      }
    }

    public BlockOptions {
      SpecChecks.positive("groups", groups);
      Objects.requireNonNull(branches, "branches");
      Objects.requireNonNull(downsample, "downsample");
      Objects.requireNonNull(structure, "structure");
      if (!(batchNormEps > 0 && batchNormEps < 1)) {
        throw new IllegalArgumentException(
            "batchNormEps: must be more than 0 and less than 1, got " + batchNormEps);
      }
      BlockKind kind = structure.kind();
      if (branches != Branches.ALL && kind != BlockKind.REPVGG) {
        throw new IllegalArgumentException(
            "branches: only block repvgg can do without some, this one is " + kind.label());
      }
      if (groups > 1 && kind == BlockKind.MOBILEONE) {
        throw new IllegalArgumentException(
            "groups: block mobileone has its own (depthwise), leave it out, got " + groups);
      }
      if (squeezeExcitation && kind == BlockKind.QAREPVGG) {
        throw new IllegalArgumentException(
            "squeezeExcitation: its authors put it before QARepVGG's last BatchNorm, where nothing"
                + " fuses; leave it out with block qarepvgg");
      }
    }

    /** With the reference implementation's BatchNorm. */
    public BlockOptions(int groups, boolean squeezeExcitation, Branches branches) {
      this(
          groups, squeezeExcitation, branches, BATCH_NORM_EPS, Downsample.STRIDE, Structure.REPVGG);
    }

    /** With all branches. */
    public BlockOptions(int groups, boolean squeezeExcitation) {
      this(groups, squeezeExcitation, Branches.ALL);
    }

    /** Blocks of a kind, without groups and squeeze-and-excitation. */
    public static BlockOptions of(BlockKind kind) {
      return PLAIN.withStructure(new Structure(kind, 1));
    }

    public BlockKind kind() {
      return structure.kind();
    }

    public BlockOptions withBatchNormEps(double eps) {
      return new BlockOptions(groups, squeezeExcitation, branches, eps, downsample, structure);
    }

    public BlockOptions withDownsample(Downsample way) {
      return new BlockOptions(groups, squeezeExcitation, branches, batchNormEps, way, structure);
    }

    public BlockOptions withStructure(Structure other) {
      return new BlockOptions(groups, squeezeExcitation, branches, batchNormEps, downsample, other);
    }
  }

  public RepVggSpec {
    depths = SpecChecks.positives("depths", depths, 4);
    widths = SpecChecks.positives("widths", widths, 5);
    strides = SpecChecks.positives("strides", strides, 5);
    SpecChecks.positive("numClasses", numClasses);
    if (blockOptions == null || input == null) {
      throw new IllegalArgumentException("spec: block options and input shape are required");
    }
    layOut(depths, widths, strides, blockOptions, input.channels());
    if (blockOptions.downsample == Downsample.MAXPOOL) {
      requireWindows(input, strides);
    }
  }

  /** A convolution pads, a pooling does not: what is smaller than a window would be nothing. */
  private static void requireWindows(InputShape input, List<Integer> strides) {
    int all = strides.stream().reduce(1, (a, b) -> a * b);
    if (Math.min(input.height(), input.width()) < all) {
      throw new IllegalArgumentException(
          "strides: an image of "
              + input
              + " is too small to be pooled by "
              + strides
              + "; needs sides of at least "
              + all);
    }
  }

  /**
   * A plain network with the strides of the published ones; change it with the {@code with}
   * methods.
   */
  public static RepVggSpec of(
      List<Integer> depths, List<Integer> widths, int numClasses, InputShape input) {
    return new RepVggSpec(depths, widths, IMAGENET_STRIDES, BlockOptions.PLAIN, numClasses, input);
  }

  public RepVggSpec withStrides(List<Integer> newStrides) {
    return new RepVggSpec(depths, widths, newStrides, blockOptions, numClasses, input);
  }

  public RepVggSpec withBlockOptions(BlockOptions options) {
    return new RepVggSpec(depths, widths, strides, options, numClasses, input);
  }

  public RepVggSpec withBatchNormEps(double eps) {
    return withBlockOptions(blockOptions.withBatchNormEps(eps));
  }

  public RepVggSpec withNumClasses(int classes) {
    return new RepVggSpec(depths, widths, strides, blockOptions, classes, input);
  }

  public RepVggSpec withInput(InputShape shape) {
    return new RepVggSpec(depths, widths, strides, blockOptions, numClasses, shape);
  }

  /** All blocks in order, stage 0's single block first. */
  public List<BlockSpec> blocks() {
    return layOut(depths, widths, strides, blockOptions, input.channels());
  }

  /** Channels that reach the linear layer. */
  public int features() {
    return widths.get(4);
  }

  public RepVggSpec withDownsample(Downsample way) {
    return withBlockOptions(blockOptions.withDownsample(way));
  }

  /** Shape of what a stage puts out for one image; its 3x3 convolutions pad by 1. */
  public InputShape outputOf(int stage) {
    int height = input.height();
    int width = input.width();
    for (int stride : strides.subList(0, stage + 1)) {
      height = smaller(height, stride);
      width = smaller(width, stride);
    }
    return new InputShape(widths.get(stage), height, width);
  }

  private int smaller(int side, int stride) {
    return blockOptions.downsample == Downsample.MAXPOOL ? side / stride : (side - 1) / stride + 1;
  }

  private static List<BlockSpec> layOut(
      List<Integer> depths,
      List<Integer> widths,
      List<Integer> strides,
      BlockOptions options,
      int inputChannels) {
    BlockPlan plan = new BlockPlan(options, inputChannels);
    for (int stage = 0; stage <= 4; stage++) {
      int depth = stage == 0 ? 1 : depths.get(stage - 1);
      for (int unit = 0; unit < depth; unit++) {
        plan.add(stage, unit, depth, widths.get(stage), unit == 0 ? strides.get(stage) : 1);
      }
    }
    return plan.blocks();
  }
}
