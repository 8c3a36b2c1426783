package io.github.repvgg4j.accelerate.helper;

import io.github.repvgg4j.array.HostMemory;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.reorder;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One operand of a primitive: an array in its own layout, and, where the primitive wants another
 * one, a copy in scratch memory.
 */
final class Operand {

  private final memory plain;
  private final memory wanted;
  private final boolean converts;
  private final long bytes;
  private final reorder in;
  private final reorder out;

  /**
   * @param plain layout of the ND4J array
   * @param wanted layout the primitive asks for
   */
  Operand(memory.desc plain, memory.desc wanted) {
    this.converts = plain.notEquals(wanted);
    this.plain = new memory(plain, OneDnn.cpu(), null);
    this.wanted = converts ? new memory(wanted, OneDnn.cpu(), null) : this.plain;
    this.bytes = converts ? Scratch.aligned(wanted.get_size()) : 0;
    this.in = converts ? new reorder(this.plain, this.wanted) : null;
    this.out = converts ? new reorder(this.wanted, this.plain) : null;
  }

  /** What the primitive reads or writes. */
  memory memory() {
    return wanted;
  }

  /** Scratch memory needed. */
  long scratchBytes() {
    return bytes;
  }

  /**
   * Points to the array and to its scratch memory.
   *
   * @return the first scratch address after this operand's own
   */
  long bind(INDArray array, long scratch) {
    plain.set_data_handle(OneDnn.pointer(HostMemory.address(array)));
    if (converts) {
      wanted.set_data_handle(OneDnn.pointer(scratch));
    }
    return scratch + bytes;
  }

  /** Before the primitive: array to wanted layout. */
  void load() {
    if (converts) {
      in.execute(OneDnn.stream(), plain, wanted);
    }
  }

  /** After the primitive: wanted layout to array. */
  void store() {
    if (converts) {
      out.execute(OneDnn.stream(), wanted, plain);
    }
  }
}
