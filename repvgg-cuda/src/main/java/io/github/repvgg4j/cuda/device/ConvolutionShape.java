package io.github.repvgg4j.cuda.device;

/**
 * A convolution without bias, as cuDNN counts (cross-correlation).
 *
 * @param input {@code [N, H, W, C]}
 * @param outputs channels of the result
 * @param groups that share neither inputs nor outputs
 * @param dilation 1 for a dense kernel
 */
public record ConvolutionShape(
    ImageShape input,
    int outputs,
    int groups,
    Pair kernel,
    Pair stride,
    Pair padding,
    Pair dilation) {

  /** Along height and width. */
  public record Pair(int height, int width) {}

  public ConvolutionShape {
    if (input.channels() % groups != 0 || outputs % groups != 0) {
      throw new IllegalArgumentException(
          groups + " groups do not divide " + input.channels() + " and " + outputs + " channels");
    }
  }

  public int inputsPerGroup() {
    return input.channels() / groups;
  }

  public int outputsPerGroup() {
    return outputs / groups;
  }

  /** Numbers of the kernel, which lies as {@code [out, kH, kW, in / groups]}. */
  public int kernelElements() {
    return outputs * kernel.height * kernel.width * inputsPerGroup();
  }

  /** {@code [N, H', W', out]}. */
  public ImageShape output() {
    return new ImageShape(
        input.images(),
        size(input.height(), kernel.height, stride.height, padding.height, dilation.height),
        size(input.width(), kernel.width, stride.width, padding.width, dilation.width),
        outputs);
  }

  private static int size(int size, int kernel, int stride, int padding, int dilation) {
    return (size + 2 * padding - ((kernel - 1) * dilation + 1)) / stride + 1;
  }
}
