package io.github.repvgg4j.onednn;

import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * How an array lies in memory: its axes, its data type, and their order, which oneDNN may have
 * chosen. A value: it holds oneDNN's description as bytes and nothing native.
 */
public final class Layout {

  private final byte[] description;
  private final long[] dims;
  private final DataType type;
  private final long bytes;
  private final boolean transformed;

  private Layout(dnnl_memory_desc_t made) {
    this.description = new byte[made.sizeof()];
    new BytePointer(made).capacity(description.length).get(description);
    this.dims = new long[made.ndims()];
    made.dims().get(dims);
    this.type = DataType.of(made.data_type());
    this.bytes = dnnl.dnnl_memory_desc_get_size(made);
    this.transformed =
        made.format_kind() == dnnl.dnnl_format_kind_wino || made.extra().flags() != 0;
  }

  /** For this module: a copy of oneDNN's own description. */
  public static Layout of(dnnl_memory_desc_t description) {
    return new Layout(description);
  }

  /**
   * @param dims {@code [N, C, H, W]} of images, {@code [out, in, kH, kW]} or {@code [groups, out /
   *     groups, in / groups, kH, kW]} of weights, or fewer
   */
  public static Layout of(DataType type, Order order, long... dims) {
    Cpu.engine();
    try (PointerScope scope = new PointerScope()) {
      dnnl_memory_desc_t made = new dnnl_memory_desc_t();
      int tag = order.tag(dims.length);
      int status = dnnl.dnnl_memory_desc_init_by_tag(made, dims.length, dims, type.number(), tag);
      OneDnnException.check(type + " " + order + " " + Arrays.toString(dims), status);
      return new Layout(made);
    }
  }

  /** In C order. */
  public static Layout plain(DataType type, long... dims) {
    return of(type, Order.PLAIN, dims);
  }

  /** In the order that oneDNN prefers. */
  public static Layout any(DataType type, long... dims) {
    return of(type, Order.ANY, dims);
  }

  /** The same array, in another order. */
  public Layout in(Order order) {
    return of(type, order, dims);
  }

  /**
   * A piece of the same memory.
   *
   * @param size axes of the piece
   * @param from its first number; a block's beginning where channels lie in blocks
   */
  public Layout part(long[] size, long[] from) {
    try (PointerScope scope = new PointerScope()) {
      dnnl_memory_desc_t made = new dnnl_memory_desc_t();
      int status = dnnl.dnnl_memory_desc_init_submemory(made, describe(), size, from);
      OneDnnException.check("part " + Arrays.toString(size) + " of " + this, status);
      return new Layout(made);
    }
  }

  /** A new array. */
  public long[] dims() {
    return dims.clone();
  }

  public long dim(int axis) {
    return dims[axis];
  }

  public int rank() {
    return dims.length;
  }

  public DataType type() {
    return type;
  }

  /** What it takes in memory, padding included; 0 where the order is left to oneDNN. */
  public long bytes() {
    return bytes;
  }

  /**
   * Whether it holds other numbers, made of the array's, or more than them, such as the sums that a
   * zero point needs: there is no way back to those.
   */
  public boolean isTransformed() {
    return transformed;
  }

  /** For this module: a native copy, freed by the surrounding {@link PointerScope}. */
  public dnnl_memory_desc_t describe() {
    dnnl_memory_desc_t copy = new dnnl_memory_desc_t();
    new BytePointer(copy).capacity(description.length).put(description);
    return copy;
  }

  /** Whether the numbers lie at the same places: oneDNN's own rule. */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Layout that) || type != that.type || !Arrays.equals(dims, that.dims)) {
      return false;
    }
    if (Arrays.equals(description, that.description)) {
      return true;
    }
    try (PointerScope scope = new PointerScope()) {
      return dnnl.dnnl_memory_desc_equal(describe(), that.describe()) != 0;
    }
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dims) + type.ordinal();
  }

  @Override
  public String toString() {
    return type + " " + Arrays.toString(dims);
  }
}
