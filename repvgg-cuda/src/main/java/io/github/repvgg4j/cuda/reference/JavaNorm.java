package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.ImageShape;

/** BatchNorm in training mode (Ioffe and Szegedy 2015), one channel after another, in float64. */
final class JavaNorm {

  private final int channels;
  private final int count;

  JavaNorm(ImageShape shape) {
    this.channels = shape.channels();
    this.count = Math.toIntExact(shape.perChannel());
  }

  int count() {
    return count;
  }

  /** Mean and biased variance of channel c. */
  double[] moments(float[] input, int at, int c) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += input[at + i * channels + c];
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double distance = input[at + i * channels + c] - mean;
      squares += distance * distance;
    }
    return new double[] {mean, squares / count};
  }

  /** Gradients of gamma and beta of channel c: sums of g xhat and of g. */
  double[] parameterGradients(
      float[] input, int at, float[] gradient, int gradientAt, int c, double mean, double factor) {
    double gamma = 0;
    double beta = 0;
    for (int i = 0; i < count; i++) {
      double g = gradient[gradientAt + i * channels + c];
      gamma += g * (input[at + i * channels + c] - mean) * factor;
      beta += g;
    }
    return new double[] {gamma, beta};
  }
}
