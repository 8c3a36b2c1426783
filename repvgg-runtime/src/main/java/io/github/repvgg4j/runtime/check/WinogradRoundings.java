package io.github.repvgg4j.runtime.check;

import io.github.repvgg4j.runtime.graph.FastLayer.Convolution;
import java.util.Arrays;

/**
 * The rounding error of Winograd's convolution, number by number, as Barabasz et al. (arXiv
 * 1803.10986, section 4) have it before they take norms. A result is a sum over paths from a weight
 * and a pixel through the transforms; in the order in which oneDNN adds them no two paths from one
 * number to another differ in sign, so what n roundings on a path can do is n u / (1 - n u) times
 * {@code |A'| [(|G| |g| |G'|) o (|B'| |d| |B|)] |A|}, summed over the channels. The sums over
 * channels between the transforms are sums of products ({@link Roundings#ofSums}).
 */
final class WinogradRoundings {

  private final WinogradForm form;
  private final Convolution layer;
  private final float[] weights;
  private final Plane image;
  private final int columns;
  private final int tiles;

  /** Of each channel's tiles: transformed; and of sizes, transformed by sizes. */
  private final double[][][] inputs;

  private final double[][][] paths;

  /** Sums over channels of one output channel's tiles: of products, of their sizes, of paths. */
  private final double[][] sums;

  private final double[][] sizes;
  private final double[][] pathSums;

  /**
   * @param weights {@code [out, in, 3, 3]}
   * @param image what is convolved
   * @param out shape of the result
   */
  WinogradRoundings(WinogradForm form, Convolution layer, float[] weights, Plane image, Plane out) {
    this.form = form;
    this.layer = layer;
    this.weights = weights;
    this.image = image;
    this.columns = (out.width() + form.step() - 1) / form.step();
    this.tiles = (out.height() + form.step() - 1) / form.step() * columns;
    this.inputs = new double[layer.in()][tiles][];
    this.paths = new double[layer.in()][tiles][];
    int numbers = form.side() * form.side();
    this.sums = new double[tiles][numbers];
    this.sizes = new double[tiles][numbers];
    this.pathSums = new double[tiles][numbers];
    transformTiles();
  }

  private void transformTiles() {
    Transform absolute = form.ofTile().map(Math::abs);
    for (int c = 0; c < layer.in(); c++) {
      for (int t = 0; t < tiles; t++) {
        double[] numbers = cut(c, t);
        inputs[c][t] = form.ofTile().of(numbers);
        paths[c][t] = absolute.of(Arrays.stream(numbers).map(Math::abs).toArray());
      }
    }
  }

  private double[] cut(int channel, int tile) {
    int side = form.side();
    int pad = layer.window().before(image.height());
    int top = tile / columns * form.step() - pad;
    int left = tile % columns * form.step() - pad;
    double[] numbers = new double[side * side];
    for (int y = Math.max(0, -top); y < side && top + y < image.height(); y++) {
      for (int x = Math.max(0, -left); x < side && left + x < image.width(); x++) {
        numbers[y * side + x] = image.values()[image.index(channel, top + y, left + x)];
      }
    }
    return numbers;
  }

  /**
   * @param value the result
   */
  Roundings of(Plane value) {
    Plane worst = value.alike();
    Plane variance = value.alike();
    Transform absolute = form.ofResult().map(Math::abs);
    Transform squared = form.ofResult().map(x -> x * x);
    int numbers = form.side() * form.side();
    for (int o = 0; o < layer.out(); o++) {
      sum(o);
      for (int t = 0; t < tiles; t++) {
        Roundings between = Roundings.ofSums(sizes[t], sums[t], layer.in());
        double[] allPaths = absolute.of(pathSums[t]);
        double[] gemm = absolute.of(between.worst());
        double[] spread = squared.of(between.variance());
        Roundings transforms = Roundings.of(allPaths, form.roundings());
        for (int i = 0; i < gemm.length; i++) {
          gemm[i] += transforms.worst()[i];
          spread[i] += transforms.variance()[i];
        }
        paste(gemm, worst, o, t);
        paste(spread, variance, o, t);
      }
    }
    addBias(value, worst, variance);
    return new Roundings(worst.values(), variance.values());
  }

  private static void addBias(Plane value, Plane worst, Plane variance) {
    Roundings bias = Roundings.of(value.sizes().values(), 1);
    Plane.add(worst.values(), 0, bias.worst(), 0, bias.worst().length, 1);
    Plane.add(variance.values(), 0, bias.variance(), 0, bias.variance().length, 1);
  }

  /** Over all inputs, for each tile of one output channel. */
  private void sum(int o) {
    Transform absolute = form.ofKernel().map(Math::abs);
    for (int t = 0; t < tiles; t++) {
      Arrays.fill(sums[t], 0);
      Arrays.fill(sizes[t], 0);
      Arrays.fill(pathSums[t], 0);
    }
    double[] kernel = new double[9];
    double[] kernelSizes = new double[9];
    for (int c = 0; c < layer.in(); c++) {
      for (int k = 0; k < 9; k++) {
        kernel[k] = weights[(o * layer.in() + c) * 9 + k];
        kernelSizes[k] = Math.abs(kernel[k]);
      }
      double[] factors = form.ofKernel().of(kernel);
      double[] pathFactors = absolute.of(kernelSizes);
      for (int t = 0; t < tiles; t++) {
        addProducts(factors, inputs[c][t], sums[t], sizes[t]);
        addPaths(pathFactors, paths[c][t], pathSums[t]);
      }
    }
  }

  private static void addProducts(double[] a, double[] b, double[] sums, double[] sizes) {
    for (int i = 0; i < sums.length; i++) {
      double product = a[i] * b[i];
      sums[i] += product;
      sizes[i] += Math.abs(product);
    }
  }

  private static void addPaths(double[] a, double[] b, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * b[i];
    }
  }

  private void paste(double[] numbers, Plane out, int channel, int tile) {
    int top = tile / columns * form.step();
    int left = tile % columns * form.step();
    for (int i = 0; i < numbers.length; i++) {
      int y = top + i / form.step();
      int x = left + i % form.step();
      if (y < out.height() && x < out.width()) {
        out.values()[out.index(channel, y, x)] = numbers[i];
      }
    }
  }
}
