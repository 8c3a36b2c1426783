package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.ConvolutionShape;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.LayerMath;
import io.github.repvgg4j.cuda.device.NumberFormat;
import io.github.repvgg4j.cuda.device.Span;

/** Each layer's call as its documentation says, summed in float64 and stored once. */
final class JavaLayers extends JavaCalls implements LayerMath {

  JavaLayers(JavaDevice device) {
    super(device);
  }

  @Override
  public ConvolutionPlan plan(ConvolutionShape shape, ConvolutionOptions options) {
    return device.give(new JavaPlan(device, shape, options));
  }

  private static JavaConvolution convolution(ConvolutionPlan plan, Span workspace) {
    ((JavaPlan) plan).requireOpen();
    if (workspace.length() * workspace.format().bytes() < plan.workspaceBytes()) {
      throw new IllegalArgumentException("the workspace is too small");
    }
    return new JavaConvolution(plan.shape());
  }

  private float[] factors(ConvolutionPlan plan, Span span, long elements) {
    ConvolutionOptions options = plan.options();
    return Rounding.factors(options.product(), read(span, elements, options.format()));
  }

  @Override
  public void convolve(ConvolutionPlan plan, Span input, Span kernel, Span output, Span workspace) {
    begin();
    JavaConvolution convolution = convolution(plan, workspace);
    float[] x = factors(plan, input, plan.shape().input().elements());
    float[] w = factors(plan, kernel, plan.shape().kernelElements());
    require(output, plan.shape().output().elements(), plan.options().format());
    double[] y = convolution.forward(x, at(input), w, at(kernel));
    write(output, 0, i -> y[i]);
  }

  @Override
  public void convolutionInputGradient(
      ConvolutionPlan plan,
      Span kernel,
      Span outputGradient,
      Span inputGradient,
      float kept,
      Span workspace) {
    begin();
    JavaConvolution convolution = convolution(plan, workspace);
    float[] w = factors(plan, kernel, plan.shape().kernelElements());
    float[] dy = factors(plan, outputGradient, plan.shape().output().elements());
    require(inputGradient, plan.shape().input().elements(), plan.options().format());
    double[] dx = convolution.inputGradient(w, at(kernel), dy, at(outputGradient));
    write(inputGradient, kept, i -> dx[i]);
  }

  @Override
  public void convolutionKernelGradient(
      ConvolutionPlan plan, Span input, Span outputGradient, Span kernelGradient, Span workspace) {
    begin();
    JavaConvolution convolution = convolution(plan, workspace);
    float[] x = factors(plan, input, plan.shape().input().elements());
    float[] dy = factors(plan, outputGradient, plan.shape().output().elements());
    require(kernelGradient, plan.shape().kernelElements(), plan.options().format());
    double[] dw = convolution.kernelGradient(x, at(input), dy, at(outputGradient));
    write(kernelGradient, 0, i -> dw[i]);
  }

  @Override
  public void normalize(
      ImageShape shape, double eps, NormVectors vectors, Span input, Span output, float kept) {
    begin();
    JavaNorm norm = new JavaNorm(shape);
    int channels = shape.channels();
    float[] x = read(input, shape.elements(), input.format());
    require(output, shape.elements(), input.format());
    float[] gamma = read(vectors.gamma(), channels, NumberFormat.FLOAT32);
    float[] beta = read(vectors.beta(), channels, NumberFormat.FLOAT32);
    double[] mean = new double[channels];
    double[] variance = new double[channels];
    for (int c = 0; c < channels; c++) {
      double[] moments = norm.moments(x, at(input), c);
      mean[c] = moments[0];
      variance[c] = moments[1];
    }
    double unbiased = (double) norm.count() / (norm.count() - 1);
    write(vectors.mean(), 0, c -> mean[c]);
    write(vectors.unbiasedVariance(), 0, c -> variance[c] * unbiased);
    write(vectors.savedMean(), 0, c -> mean[c]);
    write(vectors.savedDeviation(), 0, c -> 1 / Math.sqrt(variance[c] + eps));
    int gammaAt = at(vectors.gamma());
    int betaAt = at(vectors.beta());
    write(
        output,
        kept,
        i -> {
          int c = i % channels;
          double normal = (x[at(input) + i] - mean[c]) / Math.sqrt(variance[c] + eps);
          return gamma[gammaAt + c] * normal + beta[betaAt + c];
        });
  }

  @Override
  public void normalizeGradient(
      ImageShape shape,
      double eps,
      NormVectors vectors,
      NormGradient gradient,
      Span input,
      float kept) {
    begin();
    JavaNorm norm = new JavaNorm(shape);
    int channels = shape.channels();
    float[] x = read(input, shape.elements(), input.format());
    float[] dy = read(gradient.output(), shape.elements(), input.format());
    require(gradient.input(), shape.elements(), input.format());
    float[] gamma = read(vectors.gamma(), channels, NumberFormat.FLOAT32);
    float[] mean = read(vectors.savedMean(), channels, NumberFormat.FLOAT32);
    float[] factor = read(vectors.savedDeviation(), channels, NumberFormat.FLOAT32);
    int dyAt = at(gradient.output());
    int meanAt = at(vectors.savedMean());
    int factorAt = at(vectors.savedDeviation());
    double[][] sums = new double[channels][];
    for (int c = 0; c < channels; c++) {
      sums[c] =
          norm.parameterGradients(
              x, at(input), dy, dyAt, c, mean[meanAt + c], factor[factorAt + c]);
    }
    write(gradient.gamma(), 0, c -> sums[c][0]);
    write(gradient.beta(), 0, c -> sums[c][1]);
    write(
        gradient.input(),
        kept,
        i -> {
          int c = i % channels;
          double scale = factor[factorAt + c];
          double normal = (x[at(input) + i] - mean[meanAt + c]) * scale;
          double centred = dy[dyAt + i] - (sums[c][1] + normal * sums[c][0]) / norm.count();
          return gamma[at(vectors.gamma()) + c] * scale * centred;
        });
  }

  @Override
  public void add(ImageShape shape, Span from, Span to, float kept) {
    begin();
    float[] x = read(from, shape.elements(), to.format());
    require(to, shape.elements(), to.format());
    write(to, kept, i -> x[at(from) + i]);
  }

  @Override
  public void relu(ImageShape shape, Span values) {
    begin();
    float[] x = read(values, shape.elements(), values.format());
    write(values, 0, i -> Math.max(0, x[at(values) + i]));
  }

  @Override
  public void reluGradient(ImageShape shape, Span result, Span gradient) {
    begin();
    float[] y = read(result, shape.elements(), gradient.format());
    float[] dy = read(gradient, shape.elements(), gradient.format());
    write(gradient, 0, i -> y[at(result) + i] > 0 ? dy[at(gradient) + i] : 0);
  }

  @Override
  public void pool(ImageShape shape, Span images, Span means) {
    begin();
    float[] x = read(images, shape.elements(), means.format());
    require(means, shape.pooled().elements(), means.format());
    int channels = shape.channels();
    int pixels = shape.height() * shape.width();
    write(
        means,
        0,
        i -> {
          int first = at(images) + i / channels * pixels * channels + i % channels;
          double sum = 0;
          for (int p = 0; p < pixels; p++) {
            sum += x[first + p * channels];
          }
          return sum / pixels;
        });
  }

  @Override
  public void poolGradient(
      ImageShape shape, Span images, Span means, Span meansGradient, Span imagesGradient) {
    begin();
    require(images, shape.elements(), imagesGradient.format());
    require(means, shape.pooled().elements(), imagesGradient.format());
    float[] dy = read(meansGradient, shape.pooled().elements(), imagesGradient.format());
    int channels = shape.channels();
    int pixels = shape.height() * shape.width();
    write(
        imagesGradient,
        0,
        i ->
            (double) dy[at(meansGradient) + i / (pixels * channels) * channels + i % channels]
                / pixels);
  }

  @Override
  public void channelsLast(ImageShape shape, Span from, Span to) {
    begin();
    float[] x = read(from, shape.elements(), NumberFormat.FLOAT32);
    require(to, shape.elements(), NumberFormat.FLOAT32);
    int channels = shape.channels();
    int pixels = shape.height() * shape.width();
    write(
        to,
        0,
        i -> {
          int image = i / (pixels * channels);
          int pixel = i / channels % pixels;
          return x[at(from) + (image * channels + i % channels) * pixels + pixel];
        });
  }
}
