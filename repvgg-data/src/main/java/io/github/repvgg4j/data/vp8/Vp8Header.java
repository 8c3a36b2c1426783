package io.github.repvgg4j.data.vp8;

import io.github.repvgg4j.data.format.FormatFault;

/** What stands before the macroblocks of a key frame (RFC 6386, section 9). */
final class Vp8Header {

  private static final int SEGMENTS = 4;

  final int width;
  final int height;
  final BoolDecoder modes;
  final BoolDecoder[] partitions;
  final int[] coefficients = Vp8Tables.COEFFICIENTS.clone();
  final Segment[] segments = new Segment[SEGMENTS];
  final int[] segmentTree = {255, 255, 255};
  boolean segmentMap;
  boolean simpleFilter;
  int filterLevel;
  int skipProbability = -1;

  private final int[] quantizers = new int[SEGMENTS];
  private final int[] strengths = new int[SEGMENTS];
  private boolean segmented;
  private boolean absolute;
  private int sharpness;
  private int intraDelta;
  private int subblockDelta;

  /**
   * What macroblocks of one kind share.
   *
   * @param luma steps of the first coefficient and of the others
   * @param second steps of the block of first coefficients
   * @param chroma steps
   * @param whole filter of macroblocks that are predicted as a whole
   * @param parts filter of those predicted by subblocks
   */
  record Segment(int[] luma, int[] second, int[] chroma, Filter whole, Filter parts) {}

  /**
   * Limits of the loop filter; an edge limit of 0 means none.
   *
   * @param edge difference across an edge
   * @param interior difference within a block
   * @param variance from where on an edge has high variance
   */
  record Filter(int edge, int interior, int variance) {}

  Vp8Header(byte[] data, int from, int end) throws FormatFault {
    if (end - from < 10 || (data[from] & 1) != 0) {
      throw new FormatFault("damaged: the WebP's picture is no key frame");
    }
    int tag = data[from] & 0xff | u16(data, from + 1) << 8;
    width = u16(data, from + 6) & 0x3fff;
    height = u16(data, from + 8) & 0x3fff;
    int first = from + 10;
    int rest = first + (tag >> 5);
    if (rest > end) {
      throw new FormatFault("cut off: the WebP ends before its last pixels");
    }
    modes = new BoolDecoder(data, first, rest);
    modes.number(2); // colour space and clamping change nothing
    segments();
    filter();
    partitions = partitions(data, rest, end, 1 << modes.number(2));
    quantization();
    modes.flag(); // nothing follows for which probabilities could be kept
    for (int i = 0; i < coefficients.length; i++) {
      if (modes.bit(Vp8Tables.COEFFICIENT_UPDATES[i]) != 0) {
        coefficients[i] = modes.number(8);
      }
    }
    if (modes.flag()) {
      skipProbability = modes.number(8);
    }
  }

  private static int u16(byte[] data, int at) {
    return data[at] & 0xff | (data[at + 1] & 0xff) << 8;
  }

  private void segments() {
    segmented = modes.flag();
    if (!segmented) {
      return;
    }
    segmentMap = modes.flag();
    if (modes.flag()) {
      absolute = modes.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        quantizers[i] = modes.optional(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        strengths[i] = modes.optional(6);
      }
    }
    for (int i = 0; segmentMap && i < segmentTree.length; i++) {
      segmentTree[i] = modes.flag() ? modes.number(8) : 255;
    }
  }

  private void filter() {
    simpleFilter = modes.flag();
    filterLevel = modes.number(6);
    sharpness = modes.number(3);
    boolean withDeltas = modes.flag();
    if (withDeltas && modes.flag()) {
      int[] deltas = new int[8];
      for (int i = 0; i < deltas.length; i++) {
        deltas[i] = modes.optional(6);
      }
      intraDelta = deltas[0];
      subblockDelta = deltas[4];
    }
  }

  private static BoolDecoder[] partitions(byte[] data, int sizes, int end, int count)
      throws FormatFault {
    BoolDecoder[] partitions = new BoolDecoder[count];
    int at = sizes + 3 * (count - 1);
    if (at > end) {
      throw new FormatFault("cut off: the WebP ends before its last pixels");
    }
    for (int i = 0; i < count; i++) {
      int size = i == count - 1 ? end - at : u16(data, sizes + 3 * i);
      size |= i == count - 1 ? 0 : (data[sizes + 3 * i + 2] & 0xff) << 16;
      int next = Math.min(end, at + size);
      partitions[i] = new BoolDecoder(data, at, next);
      at = next;
    }
    return partitions;
  }

  private void quantization() {
    int base = modes.number(7);
    int[] deltas = new int[5];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = modes.optional(4);
    }
    for (int i = 0; i < SEGMENTS; i++) {
      int q = segmented ? quantizers[i] + (absolute ? 0 : base) : base;
      int[] luma = {dc(q + deltas[0], 127), ac(q)};
      int[] second = {2 * dc(q + deltas[1], 127), Math.max(8, ac(q + deltas[2]) * 101581 >> 16)};
      int[] chroma = {dc(q + deltas[3], 117), ac(q + deltas[4])};
      int level = segmented ? strengths[i] + (absolute ? 0 : filterLevel) : filterLevel;
      segments[i] =
          new Segment(
              luma,
              second,
              chroma,
              filter(level + intraDelta),
              filter(level + intraDelta + subblockDelta));
    }
  }

  private static int dc(int index, int most) {
    return Vp8Tables.DC_STEPS[Math.max(0, Math.min(most, index))];
  }

  private static int ac(int index) {
    return Vp8Tables.AC_STEPS[Math.max(0, Math.min(127, index))];
  }

  private Filter filter(int wanted) {
    int level = Math.max(0, Math.min(63, wanted));
    if (level == 0) {
      return new Filter(0, 0, 0);
    }
    int interior = level;
    if (sharpness > 0) {
      interior = Math.min(level >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    }
    interior = Math.max(1, interior);
    return new Filter(2 * level + interior, interior, level >= 40 ? 2 : level >= 15 ? 1 : 0);
  }
}
