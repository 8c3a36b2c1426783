package io.github.repvgg4j.reparam;

/** Kernels added up in one geometry and grouping; each is put in place tap by tap, never copied. */
final class KernelSum {

  private final int in;
  private final int out;
  private final int groups;
  private final Geometry geometry;
  private final double[] weights;
  private final double[] bias;

  /**
   * A sum of nothing.
   *
   * @param groups divides the groups of every kernel to come
   * @param geometry a {@link Geometry#union} of theirs
   */
  KernelSum(int in, int out, int groups, Geometry geometry) {
    this.in = in;
    this.out = out;
    this.groups = groups;
    this.geometry = geometry;
    this.weights = new double[Math.multiplyExact(out * (in / groups), geometry.taps())];
    this.bias = new double[out];
  }

  void add(LinearConv conv) {
    int[] positions = conv.geometry().positionsIn(geometry);
    double[] from = conv.weights();
    int taps = geometry.taps();
    int inPerGroup = in / groups;
    int source = 0;
    for (int o = 0; o < out; o++) {
      int firstInput = conv.firstInput(o) % inPerGroup;
      int plane = (o * inPerGroup + firstInput) * taps;
      for (int i = 0; i < conv.inPerGroup(); i++) {
        for (int position : positions) {
          weights[plane + position] += from[source++];
        }
        plane += taps;
      }
      bias[o] += conv.bias()[o];
    }
  }

  LinearConv total() {
    return new LinearConv(in, out, groups, geometry, weights, bias);
  }
}
