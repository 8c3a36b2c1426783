package io.github.repvgg4j.spec;

/** How the first block of a stage makes the image smaller. */
public enum Downsample {
  /** By the stride of its convolutions, as RepVGG does. */
  STRIDE,
  /**
   * Its convolutions have stride 1; the maximum of each window of stride x stride pixels follows
   * the block's ReLU. KellerJordan/cifar10-airbench pools between convolution and BatchNorm, whose
   * gamma is 1 there: a BatchNorm with a positive gamma and a ReLU both rise, so the maximum may
   * stand on either side of them and the functions are the same. Here it stands behind them, where
   * blocks of any branches fuse. Differs from airbench: BatchNorm's statistics are of all pixels,
   * not of the maxima.
   */
  MAXPOOL
}
