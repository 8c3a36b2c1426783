package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.ConvolutionShape;
import io.github.repvgg4j.cuda.device.ImageShape;

/**
 * The three directions of a convolution as sums in float64. Images lie as {@code [N, H, W, C]},
 * kernels as {@code [out, kH, kW, in / groups]}.
 */
final class JavaConvolution {

  private final ConvolutionShape shape;

  JavaConvolution(ConvolutionShape shape) {
    this.shape = shape;
  }

  /** Products of one output value with one position of the kernel. */
  private interface Row {
    /**
     * @param output index of the value
     * @param input index of the first of its inputs
     * @param kernel index of the first of its weights
     */
    void multiply(int output, int input, int kernel);
  }

  private void forEachRow(Row row) {
    ImageShape in = shape.input();
    ImageShape out = shape.output();
    int perGroup = shape.inputsPerGroup();
    for (int pixel = 0; pixel < out.images() * out.height() * out.width(); pixel++) {
      int image = pixel / (out.height() * out.width());
      int top =
          pixel / out.width() % out.height() * shape.stride().height() - shape.padding().height();
      int left = pixel % out.width() * shape.stride().width() - shape.padding().width();
      for (int ky = 0; ky < shape.kernel().height(); ky++) {
        int y = top + ky * shape.dilation().height();
        for (int kx = 0; kx < shape.kernel().width(); kx++) {
          int x = left + kx * shape.dilation().width();
          if (y < 0 || y >= in.height() || x < 0 || x >= in.width()) {
            continue;
          }
          int position = ((image * in.height() + y) * in.width() + x) * in.channels();
          for (int k = 0; k < out.channels(); k++) {
            int kernel =
                ((k * shape.kernel().height() + ky) * shape.kernel().width() + kx) * perGroup;
            int first = position + k / shape.outputsPerGroup() * perGroup;
            row.multiply(pixel * out.channels() + k, first, kernel);
          }
        }
      }
    }
  }

  double[] forward(float[] input, int inputAt, float[] kernel, int kernelAt) {
    double[] output = new double[Math.toIntExact(shape.output().elements())];
    int perGroup = shape.inputsPerGroup();
    forEachRow(
        (o, i, k) -> {
          double sum = 0;
          for (int c = 0; c < perGroup; c++) {
            sum += (double) input[inputAt + i + c] * kernel[kernelAt + k + c];
          }
          output[o] += sum;
        });
    return output;
  }

  double[] inputGradient(float[] kernel, int kernelAt, float[] gradient, int gradientAt) {
    double[] input = new double[Math.toIntExact(shape.input().elements())];
    int perGroup = shape.inputsPerGroup();
    forEachRow(
        (o, i, k) -> {
          double factor = gradient[gradientAt + o];
          for (int c = 0; c < perGroup; c++) {
            input[i + c] += factor * kernel[kernelAt + k + c];
          }
        });
    return input;
  }

  double[] kernelGradient(float[] input, int inputAt, float[] gradient, int gradientAt) {
    double[] kernel = new double[shape.kernelElements()];
    int perGroup = shape.inputsPerGroup();
    forEachRow(
        (o, i, k) -> {
          double factor = gradient[gradientAt + o];
          for (int c = 0; c < perGroup; c++) {
            kernel[k + c] += factor * input[inputAt + i + c];
          }
        });
    return kernel;
  }
}
