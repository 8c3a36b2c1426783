package io.github.repvgg4j.onednn.primitive;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.OneDnnException;
import io.github.repvgg4j.onednn.Order;
import org.bytedeco.dnnl.dnnl_binary_desc_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Two arrays into one, number by number.
 *
 * @param second the axes of the first, or 1 where its numbers are used again
 * @param target in the order of the first
 */
public record Binary(Kind kind, Layout first, Layout second, Layout target) {

  private static final int PAIR_OF_BLOCKS = 16;

  /** Into an array that lies as the first does. */
  public Binary(Kind kind, Layout first, Layout second) {
    this(kind, first, second, first);
  }

  /** What is done. */
  public enum Kind {
    ADD(dnnl.dnnl_binary_add),
    MULTIPLY(dnnl.dnnl_binary_mul);

    private final int algorithm;

    Kind(int algorithm) {
      this.algorithm = algorithm;
    }
  }

  /**
   * Whether oneDNN stays within the target's memory. With channels in blocks of 8, oneDNN 2.5.2's
   * binary primitive for AVX-512 writes beyond its end unless the blocks come in pairs.
   */
  public static boolean isSafe(Layout target) {
    return target.rank() != 4
        || target.dim(1) % PAIR_OF_BLOCKS == 0
        || !target.equals(target.in(Order.BLOCKS_OF_8));
  }

  /**
   * The same float32 memory as one row, padding included, where the layout is not safe: for sums of
   * arrays that lie alike, of which zeros in the padding stay zeros.
   */
  public static Layout safe(Layout target) {
    return isSafe(target) || target.type() != DataType.F32
        ? target
        : Layout.plain(DataType.F32, target.bytes() / Float.BYTES);
  }

  /**
   * Reads SOURCE and SECOND_SOURCE, writes TARGET.
   *
   * @throws OneDnnException where the layout is not {@linkplain #isSafe safe}
   */
  public Primitive forward(After after) {
    return forward(Attributes.of(after));
  }

  /** The same of integers. */
  public Primitive forward(Attributes attributes) {
    if (!isSafe(first)) {
      throw new OneDnnException(
          kind + " of " + first + ": its blocks of 8 channels don't come in pairs");
    }
    return Primitive.of(
        kind.toString(),
        new dnnl_binary_desc_t(),
        made ->
            dnnl.dnnl_binary_desc_init(
                made, kind.algorithm, first.describe(), second.describe(), target.describe()),
        attributes,
        null);
  }
}
