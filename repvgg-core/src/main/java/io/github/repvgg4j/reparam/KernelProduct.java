package io.github.repvgg4j.reparam;

/**
 * The kernel of two convolutions, one after the other. Each keeps its own groups, so that a
 * diagonal one costs as much as it has weights.
 */
final class KernelProduct {

  private final LinearConv first;
  private final LinearConv second;
  private final int inPerGroup;
  private final Geometry geometry;
  private final int[] offsets;
  private final double[] weights;
  private final double[] bias;

  private KernelProduct(LinearConv first, LinearConv second, int groups, Geometry geometry) {
    this.first = first;
    this.second = second;
    this.inPerGroup = first.in() / groups;
    this.geometry = geometry;
    this.offsets = offsets();
    this.weights = new double[Math.multiplyExact(second.out() * inPerGroup, geometry.taps())];
    this.bias = second.bias().clone();
  }

  /**
   * The product.
   *
   * @param groups divides those of both
   * @param geometry of the first, then the second
   */
  static LinearConv of(LinearConv first, LinearConv second, int groups, Geometry geometry) {
    KernelProduct product = new KernelProduct(first, second, groups, geometry);
    for (int o = 0; o < second.out(); o++) {
      for (int m = 0; m < second.inPerGroup(); m++) {
        product.addPath(o, m);
      }
    }
    return new LinearConv(
        first.in(), second.out(), groups, geometry, product.weights, product.bias);
  }

  /** Adds what output o gets through the middle channel m of its group. */
  private void addPath(int o, int m) {
    int middle = second.firstInput(o) + m;
    int taps1 = first.geometry().taps();
    int taps2 = second.geometry().taps();
    int taps = geometry.taps();
    int firstInput = first.firstInput(middle) % inPerGroup;
    for (int v = 0; v < taps2; v++) {
      double factor = second.weights()[second.at(o, m) + v];
      if (factor == 0) {
        continue;
      }
      bias[o] += factor * first.bias()[middle];
      int source = first.at(middle, 0);
      int target = (o * inPerGroup + firstInput) * taps;
      for (int i = 0; i < first.inPerGroup(); i++) {
        for (int u = 0; u < taps1; u++) {
          weights[target + offsets[v * taps1 + u]] += factor * first.weights()[source + u];
        }
        source += taps1;
        target += taps;
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
