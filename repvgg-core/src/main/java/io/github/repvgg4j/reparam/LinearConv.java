package io.github.repvgg4j.reparam;

/**
 * One convolution in float64: y[o] = bias[o] + sum over the input channels of o's group of w[o, i]
 * * x[i].
 *
 * @param in input channels
 * @param out output channels
 * @param groups divides both; group g connects channels g*in/groups.. with g*out/groups..
 * @param geometry kernel, stride, dilation and padding of both axes
 * @param weights {@code [out, in/groups, kH, kW]}, row-major
 * @param bias {@code [out]}
 */
@SuppressWarnings("ArrayRecordComponent")
public record LinearConv(
    int in, int out, int groups, Geometry geometry, double[] weights, double[] bias) {

  public LinearConv {
    if (groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "groups must divide the channels, got "
              + in
              + " -> "
              + out
              + " in "
              + groups
              + " groups");
    }
    long expected = (long) out * (in / groups) * geometry.taps();
    if (weights.length != expected || bias.length != out) {
      throw new IllegalArgumentException(
          "kernel "
              + geometry.kernelText()
              + " of "
              + in
              + " -> "
              + out
              + " channels in "
              + groups
              + " groups needs "
              + expected
              + " weights and "
              + out
              + " biases, got "
              + weights.length
              + " and "
              + bias.length);
    }
  }

  /** Without bias. */
  public static LinearConv withoutBias(
      int in, int out, int groups, Geometry geometry, double[] weights) {
    return new LinearConv(in, out, groups, geometry, weights, new double[out]);
  }

  public int inPerGroup() {
    return in / groups;
  }

  public int outPerGroup() {
    return out / groups;
  }

  /** Weights of one output channel. */
  public int rowLength() {
    return inPerGroup() * geometry.taps();
  }

  /** Position of the weight of output o, input i of its group, first tap. */
  public int at(int o, int i) {
    return (o * inPerGroup() + i) * geometry.taps();
  }

  /** The first input channel of the group of output o. */
  int firstInput(int o) {
    return o / outPerGroup() * inPerGroup();
  }

  /** Whether every weight and bias is a finite number. */
  public boolean isFinite() {
    return allFinite(weights) && allFinite(bias);
  }

  private static boolean allFinite(double[] values) {
    for (double v : values) {
      if (!Double.isFinite(v)) {
        return false;
      }
    }
    return true;
  }
}
