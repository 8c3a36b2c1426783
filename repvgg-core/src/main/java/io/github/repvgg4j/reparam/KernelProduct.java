package io.github.repvgg4j.reparam;

/** The kernel of two convolutions of equal grouping, one after the other. */
final class KernelProduct {

  private final LinearConv first;
  private final LinearConv second;
  private final Geometry geometry;
  private final int[] offsets;

  private KernelProduct(LinearConv first, LinearConv second, Geometry geometry) {
    this.first = first;
    this.second = second;
    this.geometry = geometry;
    this.offsets = offsets();
  }

  static LinearConv of(LinearConv first, LinearConv second, Geometry geometry) {
    return new KernelProduct(first, second, geometry).multiply();
  }

  private LinearConv multiply() {
    int groups = first.groups();
    int inPerGroup = first.inPerGroup();
    int middle = first.outPerGroup();
    int size = Math.multiplyExact(second.out() * inPerGroup, geometry.taps());
    double[] weights = new double[size];
    double[] bias = second.bias().clone();
    for (int o = 0; o < second.out(); o++) {
      int group = o / second.outPerGroup();
      for (int m = 0; m < middle; m++) {
        addRow(weights, bias, o, m, group * middle + m);
      }
    }
    return new LinearConv(first.in(), second.out(), groups, geometry, weights, bias);
  }

  /** Adds what output o gets through the middle channel m of its group. */
  private void addRow(double[] weights, double[] bias, int o, int m, int middleChannel) {
    int taps1 = first.geometry().taps();
    int taps2 = second.geometry().taps();
    int taps = geometry.taps();
    int inPerGroup = first.inPerGroup();
    for (int v = 0; v < taps2; v++) {
      double factor = second.weights()[second.at(o, m) + v];
      if (factor == 0) {
        continue;
      }
      bias[o] += factor * first.bias()[middleChannel];
      for (int i = 0; i < inPerGroup; i++) {
        int source = first.at(middleChannel, i);
        int target = (o * inPerGroup + i) * taps;
        for (int u = 0; u < taps1; u++) {
          weights[target + offsets[v * taps1 + u]] += factor * first.weights()[source + u];
        }
      }
    }
  }

  /** Position in the product's kernel of tap u of the first seen through tap v of the second. */
  private int[] offsets() {
    Geometry a = first.geometry();
    Geometry b = second.geometry();
    int taps1 = a.taps();
    int taps2 = b.taps();
    int[] positions = new int[taps1 * taps2];
    for (int v = 0; v < taps2; v++) {
      for (int u = 0; u < taps1; u++) {
        int row =
            position(
                a.vertical(),
                u / a.horizontal().kernel(),
                b.vertical(),
                v / b.horizontal().kernel(),
                geometry.vertical());
        int column =
            position(
                a.horizontal(),
                u % a.horizontal().kernel(),
                b.horizontal(),
                v % b.horizontal().kernel(),
                geometry.horizontal());
        positions[v * taps1 + u] = row * geometry.horizontal().kernel() + column;
      }
    }
    return positions;
  }

  private static int position(Axis a, int u, Axis b, int v, Axis product) {
    return (u * a.dilation() + v * b.dilation() * a.stride()) / product.dilation();
  }
}
