package io.github.repvgg4j.onednn;

import org.bytedeco.dnnl.global.dnnl;

/** In which order the numbers of an array lie; axes are always named {@code [N, C, H, W]}. */
public enum Order {
  /** Left to oneDNN. */
  ANY,
  /** C order: the last axis runs fastest. */
  PLAIN,
  /** Of a matrix: the first axis runs fastest. */
  TRANSPOSED,
  /** The channels of a pixel behind one another. */
  CHANNELS_LAST,
  /** Blocks of 8 channels, each with its pixels. */
  BLOCKS_OF_8,
  /** Blocks of 16 channels, each with its pixels. */
  BLOCKS_OF_16;

  /** oneDNN's number of it. */
  int tag(int rank) {
    if (this == ANY) {
      return dnnl.dnnl_format_tag_any;
    }
    if (this == PLAIN) {
      return switch (rank) {
        case 1 -> dnnl.dnnl_a;
        case 2 -> dnnl.dnnl_ab;
        case 3 -> dnnl.dnnl_abc;
        case 4 -> dnnl.dnnl_abcd;
        case 5 -> dnnl.dnnl_abcde;
        default -> throw new IllegalArgumentException("1 to 5 axes expected, got " + rank);
      };
    }
    if (this == TRANSPOSED && rank == 2) {
      return dnnl.dnnl_ba;
    }
    if (rank != 4 || this == TRANSPOSED) {
      throw new IllegalArgumentException(
          this + ": " + (this == TRANSPOSED ? 2 : 4) + " axes expected, got " + rank);
    }
    return switch (this) {
      case BLOCKS_OF_8 -> dnnl.dnnl_nChw8c;
      case BLOCKS_OF_16 -> dnnl.dnnl_nChw16c;
      default -> dnnl.dnnl_nhwc;
    };
  }
}
