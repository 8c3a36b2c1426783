package io.github.repvgg4j.reparam;

import java.util.Arrays;
import java.util.List;

/**
 * Every law by which linear operations become one convolution. Each takes kernels and gives a new
 * one; none changes its arguments. All are exact in real arithmetic wherever they do not throw.
 */
public final class ConvolutionLaws {

  private ConvolutionLaws() {}

  /**
   * Convolution, then a channel-wise affine map (BatchNorm, a constant factor): W'[o] = scale[o]
   * W[o], b'[o] = scale[o] b[o] + shift[o]. Holds for every padding, since the map acts on outputs.
   * RepVGG, arXiv 2101.03697, equation 3; DBB, arXiv 2103.13425, transform I.
   */
  public static LinearConv affineAfter(LinearConv conv, ChannelAffine affine) {
    requireChannels(conv.out(), affine.channels());
    double[] from = conv.weights();
    double[] weights = new double[from.length];
    double[] bias = new double[conv.out()];
    int row = conv.rowLength();
    for (int o = 0; o < conv.out(); o++) {
      double scale = affine.scale()[o];
      for (int i = o * row; i < (o + 1) * row; i++) {
        weights[i] = from[i] * scale;
      }
      bias[o] = conv.bias()[o] * scale + affine.shift()[o];
    }
    return new LinearConv(conv.in(), conv.out(), conv.groups(), conv.geometry(), weights, bias);
  }

  /**
   * A channel-wise affine map as a 1x1 depthwise convolution: W[c, 0] = scale[c], b[c] = shift[c].
   * RepVGG, section 3.3 (the identity branch); MobileOne, arXiv 2206.04040, section 3.2.
   */
  public static LinearConv pointwise(ChannelAffine affine) {
    int c = affine.channels();
    return new LinearConv(c, c, c, Geometry.POINT, affine.scale().clone(), affine.shift().clone());
  }

  /** The identity as a 1x1 depthwise convolution of ones; {@link #embed} puts it in a KxK. */
  public static LinearConv identity(int channels) {
    return pointwise(ChannelAffine.uniform(channels, 1, 0));
  }

  /**
   * Average pooling over kH x kW, zeros counted, as a depthwise convolution of 1/(kH kW). DBB,
   * transform V.
   */
  public static LinearConv averagePool(int channels, Geometry geometry) {
    double[] weights = new double[channels * geometry.taps()];
    Arrays.fill(weights, 1.0 / geometry.taps());
    return LinearConv.withoutBias(channels, channels, channels, geometry, weights);
  }

  /**
   * Zero padding as a 1x1 depthwise convolution of ones with that padding.
   *
   * @param geometry 1x1, stride 1
   */
  public static LinearConv zeroPadding(int channels, Geometry geometry) {
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return LinearConv.withoutBias(channels, channels, channels, geometry, ones);
  }

  /**
   * The same convolution written with fewer groups: blocks on the diagonal, zeros elsewhere.
   *
   * @param groups divides the present number of groups; 1 gives the dense form
   */
  public static LinearConv regroup(LinearConv conv, int groups) {
    if (groups == conv.groups()) {
      return conv;
    }
    if (conv.groups() % groups != 0) {
      throw new IllegalArgumentException(conv.groups() + " groups cannot be written as " + groups);
    }
    int inPerGroup = conv.in() / groups;
    int row = conv.rowLength();
    int taps = conv.geometry().taps();
    double[] weights = new double[Math.multiplyExact(conv.out() * inPerGroup, taps)];
    for (int o = 0; o < conv.out(); o++) {
      int firstInput = conv.firstInput(o) % inPerGroup;
      System.arraycopy(conv.weights(), o * row, weights, (o * inPerGroup + firstInput) * taps, row);
    }
    return new LinearConv(
        conv.in(), conv.out(), groups, conv.geometry(), weights, conv.bias().clone());
  }

  /**
   * The kernel written in a larger geometry: every tap at the pixel where it was, zeros elsewhere
   * (1x1 in KxK, 1xK and Kx1 in KxK, KxK in a larger K, a dilated kernel in a denser one). RepVGG,
   * figure 4; ACNet, arXiv 1908.03930, figure 3; RepLKNet, arXiv 2203.06717, section 3.
   *
   * @param target a {@link Geometry#union} or {@link Geometry#balanced} of the kernel's own
   */
  public static LinearConv embed(LinearConv conv, Geometry target) {
    Geometry own = conv.geometry();
    if (own.equals(target)) {
      return conv;
    }
    int[] positions = own.positionsIn(target);
    int taps = target.taps();
    int planes = conv.out() * conv.inPerGroup();
    double[] weights = new double[Math.multiplyExact(planes, taps)];
    int source = 0;
    for (int plane = 0; plane < planes; plane++) {
      for (int position : positions) {
        weights[plane * taps + position] = conv.weights()[source++];
      }
    }
    return new LinearConv(
        conv.in(), conv.out(), conv.groups(), target, weights, conv.bias().clone());
  }

  /**
   * Parallel convolutions of one input, added: kernels in one geometry and grouping add, biases
   * add. ACNet, section 3.2 (additivity); DBB, transform II; RepVGG, section 3.3.
   *
   * @throws NotFusibleException where strides, sizes or channels differ
   */
  public static LinearConv sum(List<LinearConv> branches) {
    LinearConv first = branches.get(0);
    Geometry geometry = first.geometry();
    int groups = first.groups();
    for (LinearConv branch : branches) {
      if (branch.in() != first.in() || branch.out() != first.out()) {
        throw new NotFusibleException(
            "branches have channels "
                + first.in()
                + " -> "
                + first.out()
                + " and "
                + branch.in()
                + " -> "
                + branch.out());
      }
      geometry = geometry.union(branch.geometry());
      groups = gcd(groups, branch.groups());
    }
    KernelSum sum = new KernelSum(first.in(), first.out(), groups, geometry);
    branches.forEach(sum::add);
    return sum.total();
  }

  /**
   * One convolution after another: W[o, i, u*d1 + v*d2*s1] = sum over m of W2[o, m, v] W1[m, i, u],
   * b[o] = b2[o] + sum over m, v of W2[o, m, v] b1[m] (DBB, transforms III and VI). Where the
   * second pads, the first must read one pixel and shift by nothing, or its border would differ;
   * DBB pads before the 1x1 for that reason, which {@link #zeroPadding} then {@code chain} express.
   *
   * @throws NotFusibleException where that does not hold
   */
  public static LinearConv chain(LinearConv first, LinearConv second) {
    requireChannels(first.out(), second.in());
    boolean shift = Arrays.stream(first.bias()).anyMatch(b -> b != 0);
    Geometry geometry = first.geometry().then(second.geometry(), shift);
    return KernelProduct.of(first, second, gcd(first.groups(), second.groups()), geometry);
  }

  private static void requireChannels(int expected, int actual) {
    if (expected != actual) {
      throw new NotFusibleException(
          "gives " + expected + " channels, but the next operation takes " + actual);
    }
  }

  /** Greatest number of groups in which both can be written. */
  public static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
