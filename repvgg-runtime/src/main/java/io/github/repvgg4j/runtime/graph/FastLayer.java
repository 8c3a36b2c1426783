package io.github.repvgg4j.runtime.graph;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.onednn.primitive.Window.Side;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;

/**
 * One layer as the runtime sees it. Its parameters lie in DL4J's flat parameter vector in order.
 */
public sealed interface FastLayer {

  /** For messages: {@code layer 3 'stage1.block0'}. */
  String where();

  /** The layer's own name as a user wrote it; {@link #where} where it has none. */
  default String name() {
    String where = where();
    int from = where.indexOf('\'') + 1;
    int to = where.lastIndexOf('\'');
    return from > 0 && from < to ? where.substring(from, to) : where;
  }

  /** Axes of this layer's arrays, in the order in which the flat parameter vector holds them. */
  default List<long[]> arrays() {
    return List.of();
  }

  /** How many numbers of the flat parameter vector are this layer's. */
  default long parameterCount() {
    return arrays().stream().mapToLong(FastLayer::product).sum();
  }

  /**
   * Puts numbers as the parameter vector holds them into the order of {@link #arrays}, in place.
   *
   * @param array which of them
   * @param numbers all of that array
   */
  default void arrange(int array, FloatBuffer numbers) {}

  /** Undoes {@link #arrange}. */
  default void disarrange(int array, FloatBuffer numbers) {}

  /** The same layer with numbers in the order of {@link #arrays} already. */
  default FastLayer arranged() {
    return this;
  }

  static long product(long[] dims) {
    long product = 1;
    for (long dim : dims) {
      product = Math.multiplyExact(product, dim);
    }
    return product;
  }

  /**
   * A convolution with bias, and the function that follows it. Arrays: bias [out], weights [out,
   * in, kernel, kernel], or [groups, out / groups, in / groups, kernel, kernel].
   *
   * @param storage how the parameter vector holds the weights
   */
  record Convolution(
      String where, int in, int out, Window window, int groups, Function after, Storage storage)
      implements FastLayer {

    /** Orders of weights. */
    public enum Storage {
      /** As {@link #arrays} says. */
      CHANNELS_FIRST,
      /** [kernel, kernel, out]: DL4J's depthwise convolution. */
      TAPS_FIRST
    }

    @Override
    public void arrange(int array, FloatBuffer numbers) {
      if (isReordered(array)) {
        transpose(numbers, numbers.capacity() / out, out);
      }
    }

    @Override
    public void disarrange(int array, FloatBuffer numbers) {
      if (isReordered(array)) {
        transpose(numbers, out, numbers.capacity() / out);
      }
    }

    private boolean isReordered(int array) {
      return array != 0 && storage == Storage.TAPS_FIRST;
    }

    /** Of [rows, columns] in C order. */
    private static void transpose(FloatBuffer numbers, int rows, int columns) {
      float[] before = new float[numbers.capacity()];
      numbers.get(0, before);
      for (int i = 0; i < before.length; i++) {
        numbers.put(i % columns * rows + i / columns, before[i]);
      }
    }

    @Override
    public FastLayer arranged() {
      return new Convolution(where, in, out, window, groups, after, Storage.CHANNELS_FIRST);
    }

    /** The same convolution followed by another function. */
    public Convolution with(Function function) {
      return new Convolution(where, in, out, window, groups, function, storage);
    }

    @Override
    public List<long[]> arrays() {
      int kernel = window.kernel();
      long[] weights =
          groups == 1
              ? new long[] {out, in, kernel, kernel}
              : new long[] {groups, out / groups, in / groups, kernel, kernel};
      return List.of(new long[] {out}, weights);
    }
  }

  /**
   * The square window of a convolution or a pooling.
   *
   * @param kernel side
   * @param stride both directions
   * @param padding zeros on each side; {@link #SAME} for as many as make the output {@code
   *     ceil(side / stride)} long, the odd one after
   */
  record Window(int kernel, int stride, int padding) {

    public static final int SAME = -1;

    /** Output side, or 0 and less where the input is too small. */
    public int output(int side) {
      return padding == SAME
          ? (side + stride - 1) / stride
          : Math.floorDiv(side + 2 * padding - kernel, stride) + 1;
    }

    /**
     * The axes of the output.
     *
     * @param where the layer, for the message
     * @param input {@code [N, C, H, W]}
     */
    public long[] output(String where, long[] input, int channels) {
      int height = output((int) input[2]);
      int width = output((int) input[3]);
      if (height < 1 || width < 1) {
        throw new UnsupportedLayerException(
            where,
            "an image of " + input[2] + " x " + input[3] + " is too small for it",
            "give larger images");
      }
      return new long[] {input[0], channels, height, width};
    }

    /**
     * Laid over an image.
     *
     * @param input {@code [N, C, H, W]}
     */
    public io.github.repvgg4j.onednn.primitive.Window over(long[] input) {
      return new io.github.repvgg4j.onednn.primitive.Window(
          side((int) input[2]), side((int) input[3]));
    }

    private Side side(int length) {
      return new Side(kernel, stride, 0, before(length), after(length));
    }

    /** Zeros before an input of this side. */
    public int before(int side) {
      return padding == SAME ? total(side) / 2 : padding;
    }

    /** Zeros behind it. */
    private int after(int side) {
      return padding == SAME ? total(side) - total(side) / 2 : padding;
    }

    private int total(int side) {
      return Math.max(0, (output(side) - 1) * stride + kernel - side);
    }
  }

  /**
   * Squeeze-and-excitation: every channel times sigmoid(up relu(down mean + b) + b), and the
   * function that follows. Arrays: down bias [squeezed], down weights [squeezed, channels, 1, 1],
   * up bias [channels], up weights [channels, squeezed, 1, 1].
   */
  record SqueezeExcitation(String where, int channels, int squeezed, Function after)
      implements FastLayer {

    @Override
    public List<long[]> arrays() {
      return List.of(
          new long[] {squeezed},
          new long[] {squeezed, channels, 1, 1},
          new long[] {channels},
          new long[] {channels, squeezed, 1, 1});
    }

    SqueezeExcitation with(Function function) {
      return new SqueezeExcitation(where, channels, squeezed, function);
    }
  }

  /** Average over height and width, no parameters. */
  record GlobalAveragePool(String where) implements FastLayer {}

  /** Maximum or average of each window of an image; not padded. */
  record Pool(String where, Window window, Kind kind) implements FastLayer {

    /** What it takes. */
    public enum Kind {
      MAX,
      AVERAGE
    }
  }

  /** Sum of two or more tensors of one shape, and the function that follows it. */
  record Sum(String where, Function after) implements FastLayer {}

  /** Channels of several images behind one another. */
  record Concatenation(String where) implements FastLayer {}

  /** A function of each number that stands by itself. */
  record Pointwise(String where, Function function) implements FastLayer {}

  /** Softmax over the channels of [N, C, 1, 1]. */
  record Softmax(String where) implements FastLayer {}

  /**
   * Linear layer on [N, channels, height, width]. Arrays: weights [out, channels, height, width]
   * (DL4J's [in, out] in Fortran order), bias [out].
   */
  record Dense(String where, int channels, int height, int width, int out) implements FastLayer {

    @Override
    public List<long[]> arrays() {
      return List.of(new long[] {out, channels, height, width}, new long[] {out});
    }

    /**
     * @param read {@code [N, C, H, W]} of what it would get
     */
    public void requireFit(long[] read) {
      if (read[1] != channels || read[2] != height || read[3] != width) {
        throw new UnsupportedLayerException(
            where,
            String.format(
                Locale.ROOT,
                "reads [%d, %d, %d], and would get [%d, %d, %d]",
                channels,
                height,
                width,
                read[1],
                read[2],
                read[3]),
            "give images of the size that the network was made for");
      }
    }
  }
}
