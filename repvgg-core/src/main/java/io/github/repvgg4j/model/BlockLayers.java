package io.github.repvgg4j.model;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInitConstant;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** The layers that a block is made of; stock ones wherever Deeplearning4j has them. */
final class BlockLayers {

  /** Channels of a block per channel between the two maps of its squeeze-and-excitation. */
  private static final int REDUCTION = 16;

  private BlockLayers() {}

  /** A convolution of a branch: no bias, since BatchNorm follows. */
  static FeedForwardLayer branch(BlockSpec block, int kernel) {
    return convolution(block, kernel, false, Activation.IDENTITY);
  }

  /** The one convolution of a fused block, with the ReLU inside unless something stands between. */
  static FeedForwardLayer fused(BlockSpec block) {
    Activation activation = block.squeezeExcitation() ? Activation.IDENTITY : Activation.RELU;
    return block.isDepthwise()
        ? depthwise(block, activation)
        : convolution(block, block.kernel(), true, activation);
  }

  /** Deeplearning4j's own, as fusing writes it. */
  private static FeedForwardLayer depthwise(BlockSpec block, Activation activation) {
    int kernel = block.kernel();
    DepthwiseConvolution2D layer =
        new DepthwiseConvolution2D.Builder(kernel, kernel)
            .nIn(block.in())
            .nOut(block.out())
            .depthMultiplier(block.out() / block.in())
            .stride(block.stride(), block.stride())
            .padding(kernel / 2, kernel / 2)
            .convolutionMode(ConvolutionMode.Truncate)
            .hasBias(true)
            .activation(activation)
            .build();
    layer.setNOut(block.out());
    return layer;
  }

  /**
   * A factor a channel, {@code [C, 1, 1, 1]}: a depthwise 1x1 convolution.
   *
   * @param initial of all channels
   */
  static FeedForwardLayer scale(BlockSpec block, double initial) {
    return new GroupedConvolution2D.Builder(1, 1)
        .nIn(block.out())
        .nOut(block.out())
        .groups(block.out())
        .hasBias(false)
        .weightInit(new WeightInitConstant(initial))
        .build();
  }

  /**
   * Where the search of RepOptimizer's scales starts, as its authors' code has it: {@code sqrt(2 /
   * i)} for block i of a stage, 1 for the first.
   */
  static double searchedScale(BlockSpec block) {
    return block.index() == 0 ? 1 : Math.sqrt(2.0 / block.index());
  }

  private static FeedForwardLayer convolution(
      BlockSpec block, int kernel, boolean bias, Activation activation) {
    int stride = block.stride();
    if (block.groups() > 1) {
      return new GroupedConvolution2D.Builder(kernel, kernel)
          .nIn(block.in())
          .nOut(block.out())
          .groups(block.groups())
          .stride(stride, stride)
          .padding(kernel / 2, kernel / 2)
          .hasBias(bias)
          .activation(activation)
          .build();
    }
    return new ConvolutionLayer.Builder(kernel, kernel)
        .nIn(block.in())
        .nOut(block.out())
        .stride(stride, stride)
        .padding(kernel / 2, kernel / 2)
        .hasBias(bias)
        .activation(activation)
        .build();
  }

  static BatchNormalization batchNorm(BlockSpec block) {
    return new BatchNormalization.Builder()
        .nIn(block.out())
        .nOut(block.out())
        .eps(block.batchNormEps())
        .decay(RepVggGraphs.BN_DECAY)
        .useLogStd(false)
        .build();
  }

  /**
   * Of fewer channels the reference makes none either.
   *
   * @throws IllegalArgumentException one line
   */
  static void requireRoomToSqueeze(BlockSpec block) {
    if (block.squeezeExcitation() && block.out() < REDUCTION) {
      throw new IllegalArgumentException(
          "squeezeExcitation: needs widths of at least "
              + REDUCTION
              + ", "
              + block.name()
              + " has "
              + block.out());
    }
  }

  static SqueezeExcitation squeezeExcitation(BlockSpec block) {
    requireRoomToSqueeze(block);
    return new SqueezeExcitation.Builder(block.squeezedChannels()).nIn(block.out()).build();
  }

  /** Softmax over the classes; one class alone is a yes or no, whose probability is a sigmoid. */
  static OutputLayer head(RepVggSpec spec) {
    boolean single = spec.numClasses() == 1;
    return new OutputLayer.Builder(single ? LossFunction.XENT : LossFunction.MCXENT)
        .nIn(spec.features())
        .nOut(spec.numClasses())
        .activation(single ? Activation.SIGMOID : Activation.SOFTMAX)
        .build();
  }

  /** The maximum of each window; what fills none at the right and below is left out. */
  static SubsamplingLayer pool(BlockSpec block) {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
        .kernelSize(block.pool(), block.pool())
        .stride(block.pool(), block.pool())
        .build();
  }

  static ActivationLayer relu() {
    return new ActivationLayer(Activation.RELU);
  }
}
