package io.github.repvgg4j.deploy.runtime;

import java.util.List;

/**
 * One layer as the runtime sees it. Its parameters lie in DL4J's flat parameter vector in order.
 */
sealed interface FastLayer {

  /** For messages: {@code layer 3 'stage1.block0'}. */
  String where();

  /** Axes of this layer's arrays, in the order in which the flat parameter vector holds them. */
  List<long[]> arrays();

  /** How many numbers of the flat parameter vector are this layer's. */
  default long parameterCount() {
    return arrays().stream().mapToLong(FastLayer::product).sum();
  }

  static long product(long[] dims) {
    long product = 1;
    for (long dim : dims) {
      product = Math.multiplyExact(product, dim);
    }
    return product;
  }

  /**
   * A convolution with bias, and its ReLU where it has one. Arrays: bias [out], weights [out, in,
   * kernel, kernel], or [groups, out / groups, in / groups, kernel, kernel].
   */
  record Convolution(String where, int in, int out, Window window, int groups, boolean relu)
      implements FastLayer {

    @Override
    public List<long[]> arrays() {
      int kernel = window.kernel();
      long[] weights =
          groups == 1
              ? new long[] {out, in, kernel, kernel}
              : new long[] {groups, out / groups, in / groups, kernel, kernel};
      return List.of(new long[] {out}, weights);
    }

    Convolution withRelu() {
      return new Convolution(where, in, out, window, groups, true);
    }
  }

  /**
   * The square window of a convolution.
   *
   * @param kernel side
   * @param stride both directions
   * @param padding zeros on each side
   */
  record Window(int kernel, int stride, int padding) {

    /** Output side, or 0 and less where the input is too small. */
    int output(int side) {
      return Math.floorDiv(side + 2 * padding - kernel, stride) + 1;
    }
  }

  /**
   * Squeeze-and-excitation: every channel times sigmoid(up relu(down mean + b) + b), and the ReLU
   * that follows where there is one. Arrays: down bias [squeezed], down weights [squeezed,
   * channels, 1, 1], up bias [channels], up weights [channels, squeezed, 1, 1].
   */
  record SqueezeExcitation(String where, int channels, int squeezed, boolean relu)
      implements FastLayer {

    @Override
    public List<long[]> arrays() {
      return List.of(
          new long[] {squeezed},
          new long[] {squeezed, channels, 1, 1},
          new long[] {channels},
          new long[] {channels, squeezed, 1, 1});
    }

    SqueezeExcitation withRelu() {
      return new SqueezeExcitation(where, channels, squeezed, true);
    }
  }

  /** Average over height and width, no parameters. */
  record GlobalAveragePool(String where) implements FastLayer {

    @Override
    public List<long[]> arrays() {
      return List.of();
    }
  }

  /**
   * Linear layer on [N, in, 1, 1]. Arrays: weights [out, in, 1, 1] (DL4J's [in, out] in Fortran
   * order), bias [out].
   *
   * @param name of the layer
   * @param activation its JSON; the runtime's own result is what it is given
   */
  record Dense(String where, String name, int in, int out, String activation) implements FastLayer {

    @Override
    public List<long[]> arrays() {
      return List.of(new long[] {out, in, 1, 1}, new long[] {out});
    }
  }
}
