package io.github.repvgg4j.data.format;

import io.github.repvgg4j.data.format.JpegFrame.Component;
import java.util.List;

/**
 * Steps over the coded blocks of 8 x 8 coefficients (ITU-T T.81, F.2.2 and G.2), and keeps what the
 * later scans of a progressive frame depend on: which coefficients are not zero.
 */
final class JpegBlocks {

  private static final int COEFFICIENTS = JpegProgress.COEFFICIENTS;

  private final ByteView data;
  private final JpegFrame frame;
  private final HuffmanTable[] dc = new HuffmanTable[4];
  private final HuffmanTable[] ac = new HuffmanTable[4];
  private final long[][] nonZero;
  private int first;
  private int last;
  private boolean refining;
  private int blocksWithoutMore;

  JpegBlocks(ByteView data, JpegFrame frame) {
    this.data = data;
    this.frame = frame;
    int planes = frame.components().size();
    this.nonZero = new long[planes][];
    for (int i = 0; i < planes; i++) {
      Component c = frame.components().get(i);
      int rows = frame.unitRows() * c.vertical();
      nonZero[i] = new long[frame.progressive() ? stride(c) * rows : 0];
    }
  }

  /**
   * A component in a scan.
   *
   * @param index in the frame
   * @param dc table of the first coefficient, may be null where it is not used
   * @param ac table of the others, may be null where it is not used
   */
  record Plane(int index, Component component, HuffmanTable dc, HuffmanTable ac) {}

  private int stride(Component component) {
    return frame.unitColumns() * component.horizontal();
  }

  /** Takes the tables of a DHT segment. */
  void tables(int at, int end) throws EntropyBits.Exhausted {
    int from = at;
    while (end - from > 16) {
      int length = HuffmanTable.length(data, from + 1);
      int slot = data.u8(from);
      if (from + 1 + length > end || (slot & 15) > 3 || slot > 0x13) {
        throw new EntropyBits.Exhausted();
      }
      (slot < 0x10 ? dc : ac)[slot & 15] = new HuffmanTable(data, from + 1);
      from += 1 + length;
    }
  }

  Plane plane(int id, int slots) throws EntropyBits.Exhausted {
    for (int i = 0; i < frame.components().size(); i++) {
      if (frame.components().get(i).id() == id) {
        return new Plane(i, frame.components().get(i), dc[slots >> 4 & 3], ac[slots & 3]);
      }
    }
    throw new EntropyBits.Exhausted();
  }

  /**
   * @param bits how many bits of a coefficient were to come before (high) and are then (low)
   */
  void begin(List<Plane> planes, int from, int to, int bits) throws EntropyBits.Exhausted {
    first = frame.progressive() ? from : 0;
    last = frame.progressive() ? to : COEFFICIENTS - 1;
    refining = frame.progressive() && bits >> 4 != 0;
    blocksWithoutMore = 0;
    boolean sound = last < COEFFICIENTS && first <= last;
    for (Plane plane : planes) {
      boolean needsDc = first == 0 && !refining;
      boolean needsAc = last > 0;
      sound &= (!needsDc || plane.dc != null) && (!needsAc || plane.ac != null);
    }
    if (!sound || (frame.progressive() && last > 0 && (first == 0 || planes.size() > 1))) {
      throw new EntropyBits.Exhausted();
    }
  }

  void restart() {
    blocksWithoutMore = 0;
  }

  void read(Plane plane, int x, int y, EntropyBits bits) throws EntropyBits.Exhausted {
    if (!frame.progressive()) {
      bits.next(size(plane.dc.decode(bits)));
      sequential(plane.ac, bits);
    } else if (first == 0) {
      bits.next(refining ? 1 : size(plane.dc.decode(bits)));
    } else {
      int block = y * stride(plane.component) + x;
      long[] known = nonZero[plane.index];
      known[block] |= refining ? refine(plane.ac, known[block], bits) : initial(plane.ac, bits);
    }
  }

  private static int size(int symbol) throws EntropyBits.Exhausted {
    if (symbol > 16) {
      throw new EntropyBits.Exhausted();
    }
    return symbol;
  }

  private static void sequential(HuffmanTable table, EntropyBits bits)
      throws EntropyBits.Exhausted {
    for (int k = 1; k < COEFFICIENTS; k++) {
      int symbol = table.decode(bits);
      if (symbol == 0) {
        return;
      }
      k += symbol >> 4;
      bits.next(symbol & 15);
    }
  }

  /** First scan of a band: which coefficients are not zero. */
  private long initial(HuffmanTable table, EntropyBits bits) throws EntropyBits.Exhausted {
    long found = 0;
    if (blocksWithoutMore > 0) {
      blocksWithoutMore--;
      return found;
    }
    for (int k = first; k <= last; k++) {
      int symbol = table.decode(bits);
      int run = symbol >> 4;
      if ((symbol & 15) == 0 && run < 15) {
        blocksWithoutMore = (1 << run) - 1 + bits.next(run);
        return found;
      }
      k += run;
      if ((symbol & 15) != 0 && k <= last) {
        bits.next(symbol & 15);
        found |= 1L << k;
      }
    }
    return found;
  }

  /** A later scan: one bit for each known coefficient, and new ones between them. */
  private long refine(HuffmanTable table, long known, EntropyBits bits)
      throws EntropyBits.Exhausted {
    long found = 0;
    int k = first;
    while (blocksWithoutMore == 0 && k <= last) {
      int symbol = table.decode(bits);
      int run = symbol >> 4;
      if ((symbol & 15) == 0 && run < 15) {
        blocksWithoutMore = (1 << run) + bits.next(run);
        break;
      }
      bits.next((symbol & 15) == 0 ? 0 : 1);
      k = afterZeros(k, run, known, bits);
      if ((symbol & 15) != 0 && k <= last) {
        found |= 1L << k;
      }
      k++;
    }
    if (blocksWithoutMore > 0) {
      bits.next(Long.bitCount(known & -1L << k & -1L >>> 63 - last));
      blocksWithoutMore--;
    }
    return found;
  }

  /** Passes {@code run} zeros, and reads a bit for each known coefficient between them. */
  private int afterZeros(int from, int run, long known, EntropyBits bits)
      throws EntropyBits.Exhausted {
    int zeros = run;
    int k = from;
    while (k <= last) {
      if ((known >> k & 1) != 0) {
        bits.next();
      } else if (--zeros < 0) {
        break;
      }
      k++;
    }
    return k;
  }
}
