package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.array.HostMemory;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Parts of ND4J's memory. */
final class Ranges {

  private Ranges() {}

  /**
   * @param flat {@code [1, P]}
   * @return a view {@code [1, length]}
   */
  static INDArray of(INDArray flat, ChainNode.Slice slice) {
    return flat.get(
            NDArrayIndex.point(0),
            NDArrayIndex.interval(slice.offset(), slice.offset() + slice.length()))
        .reshape(1, slice.length());
  }

  /** Where a float32 range of the vector lies. */
  static long address(INDArray flat, long offset) {
    return HostMemory.address(flat) + offset * Float.BYTES;
  }
}
