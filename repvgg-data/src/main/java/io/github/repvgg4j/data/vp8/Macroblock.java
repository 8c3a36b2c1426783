package io.github.repvgg4j.data.vp8;

/** How 16 x 16 pixels are predicted, and their coefficients; one object serves all of them. */
final class Macroblock {

  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;

  int segment;
  boolean skipped;
  boolean bySubblocks;
  int chromaMode;

  /** Of each subblock; all alike where the macroblock is predicted as a whole. */
  final int[] modes = new int[16];

  /** Sixteen luma, four blue and four red blocks of 16 coefficients, dequantised. */
  final int[] coefficients = new int[24 * 16];
}
