package io.github.repvgg4j.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The structure of a RepVGG network (paper, section 3.4): five stages of blocks, then global
 * average pooling and a linear layer. Stage 0 is a single block.
 *
 * @param depths blocks in stages 1 to 4, four numbers
 * @param widths output channels of stages 0 to 4, five numbers
 * @param strides by how much the first block of stages 0 to 4 makes the image smaller, five numbers
 *     (ImageNet: all 2)
 * @param blockOptions groups and squeeze-and-excitation of the blocks
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
   * What the blocks have beyond the plain RepVGG block.
   *
   * @param groups groups of the blocks of even layer index from 2 on (stage 0 being block 0), 1 for
   *     none
   * @param squeezeExcitation squeeze-and-excitation before each ReLU (RepVGG-D2se)
   * @param branches of the training form
   * @param batchNormEps what BatchNorm adds to the variance; nothing in a state_dict tells it
   * @param downsample how images become smaller
   */
  public record BlockOptions(
      int groups,
      boolean squeezeExcitation,
      Branches branches,
      double batchNormEps,
      Downsample downsample) {

    /** The plain block: no groups, no squeeze-and-excitation. */
    public static final BlockOptions PLAIN = new BlockOptions(1, false);

    public BlockOptions {
      SpecChecks.positive("groups", groups);
      Objects.requireNonNull(branches, "branches");
      Objects.requireNonNull(downsample, "downsample");
      if (!(batchNormEps > 0 && batchNormEps < 1)) {
        throw new IllegalArgumentException(
            "batchNormEps: must be more than 0 and less than 1, got " + batchNormEps);
      }
    }

    /** With the reference implementation's BatchNorm. */
    public BlockOptions(int groups, boolean squeezeExcitation, Branches branches) {
      this(groups, squeezeExcitation, branches, BATCH_NORM_EPS, Downsample.STRIDE);
    }

    /** With all branches. */
    public BlockOptions(int groups, boolean squeezeExcitation) {
      this(groups, squeezeExcitation, Branches.ALL);
    }

    public BlockOptions withBatchNormEps(double eps) {
      return new BlockOptions(groups, squeezeExcitation, branches, eps, downsample);
    }

    public BlockOptions withDownsample(Downsample way) {
      return new BlockOptions(groups, squeezeExcitation, branches, batchNormEps, way);
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
    List<BlockSpec> blocks = new ArrayList<>();
    int in = inputChannels;
    boolean pooled = options.downsample() == Downsample.MAXPOOL;
    for (int stage = 0; stage <= 4; stage++) {
      int depth = stage == 0 ? 1 : depths.get(stage - 1);
      for (int index = 0; index < depth; index++) {
        int layerIndex = blocks.size();
        int factor = index == 0 ? strides.get(stage) : 1;
        boolean grouped = layerIndex >= 2 && layerIndex % 2 == 0;
        blocks.add(
            new BlockSpec(
                stage,
                index,
                layerIndex,
                in,
                widths.get(stage),
                pooled ? 1 : factor,
                pooled ? factor : 1,
                grouped ? options.groups() : 1,
                options.squeezeExcitation(),
                options.branches(),
                options.batchNormEps()));
        in = widths.get(stage);
      }
    }
    return List.copyOf(blocks);
  }
}
