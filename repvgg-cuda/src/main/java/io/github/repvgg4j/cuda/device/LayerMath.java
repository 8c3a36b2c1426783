package io.github.repvgg4j.cuda.device;

/**
 * The calls of cuDNN 9 (legacy interface) that a network's layers are made of, with their
 * semantics; all run in {@link CudaDevice#computing}. Activations lie as {@code [N, H, W, C]} in
 * the convolutions' format, BatchNorm's parameters are float32. {@code kept} is cuDNN's beta: the
 * result is added to {@code kept} times what was there, and 0 also forgets NaN.
 */
public interface LayerMath {

  /**
   * Chooses algorithms; takes its time, so once a shape.
   *
   * @throws CudaException there is none
   */
  ConvolutionPlan plan(ConvolutionShape shape, ConvolutionOptions options);

  /** cudnnConvolutionForward. */
  void convolve(ConvolutionPlan plan, Span input, Span kernel, Span output, Span workspace);

  /** cudnnConvolutionBackwardData. */
  void convolutionInputGradient(
      ConvolutionPlan plan,
      Span kernel,
      Span outputGradient,
      Span inputGradient,
      float kept,
      Span workspace);

  /** cudnnConvolutionBackwardFilter; overwrites. */
  void convolutionKernelGradient(
      ConvolutionPlan plan, Span input, Span outputGradient, Span kernelGradient, Span workspace);

  /**
   * What BatchNorm in training mode reads and writes, each of C float32 numbers.
   *
   * @param mean the batch's, written
   * @param unbiasedVariance the batch's, written: cuDNN's running variance with factor 1
   * @param savedMean for the backward pass, written
   * @param savedDeviation 1 / sqrt(biased variance + eps), written
   */
  record NormVectors(
      Span gamma,
      Span beta,
      Span mean,
      Span unbiasedVariance,
      Span savedMean,
      Span savedDeviation) {}

  /** cudnnBatchNormalizationForwardTraining, spatial, running averages with factor 1. */
  void normalize(
      ImageShape shape, double eps, NormVectors vectors, Span input, Span output, float kept);

  /** cudnnBatchNormalizationBackward; gammaGradient and betaGradient are overwritten. */
  void normalizeGradient(
      ImageShape shape,
      double eps,
      NormVectors vectors,
      NormGradient gradient,
      Span input,
      float kept);

  /**
   * What BatchNorm's backward pass reads and writes.
   *
   * @param output read
   * @param input written, or added to
   * @param gamma C numbers, written
   * @param beta C numbers, written
   */
  record NormGradient(Span output, Span input, Span gamma, Span beta) {}

  /** cudnnAddTensor: {@code to = kept to + from}. */
  void add(ImageShape shape, Span from, Span to, float kept);

  /** cudnnActivationForward in place: {@code max(values, 0)}. */
  void relu(ImageShape shape, Span values);

  /** cudnnActivationBackward in place: 0 where the ReLU's result is 0. */
  void reluGradient(ImageShape shape, Span result, Span gradient);

  /** cudnnPoolingForward over whole images. */
  void pool(ImageShape shape, Span images, Span means);

  /** cudnnPoolingBackward; overwrites. */
  void poolGradient(
      ImageShape shape, Span images, Span means, Span meansGradient, Span imagesGradient);

  /** cudnnTransformTensor: {@code [N, C, H, W]} float32 to {@code [N, H, W, C]} float32. */
  void channelsLast(ImageShape shape, Span from, Span to);
}
