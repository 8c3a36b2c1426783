package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.JpegFrame;
import java.util.Arrays;
import java.util.List;

/** Goes through the blocks of one scan in the order of its data (ITU-T T.81, A.2). */
abstract class Scan {

  /**
   * Place in a block, row by row, of each coefficient in the file's order (T.81, figure A.6). Runs
   * of zeros in damaged data lead up to 16 behind the last.
   */
  static final int[] ZIGZAG = zigzag();

  final BitReader bits;
  private final List<Plane> planes;
  private final JpegFrame frame;
  private final short[] block = new short[64];
  private boolean missing;

  /**
   * @param planes in the order of the scan
   */
  Scan(JpegFrame frame, List<Plane> planes, BitReader bits) {
    this.frame = frame;
    this.planes = planes;
    this.bits = bits;
  }

  private static int[] zigzag() {
    int[] order = new int[64 + 16];
    int i = 0;
    for (int diagonal = 0; diagonal < 15; diagonal++) {
      for (int step = Math.max(0, diagonal - 7); step <= Math.min(7, diagonal); step++) {
        int other = diagonal - step;
        order[i++] = diagonal % 2 == 0 ? 8 * other + step : 8 * step + other;
      }
    }
    Arrays.fill(order, 64, order.length, 63);
    return order;
  }

  /**
   * What a scan brings of its blocks.
   *
   * @param first coefficient in the file's order
   * @param last coefficient
   * @param refines a bit of coefficients that earlier scans began
   * @param low place of the lowest bit it brings
   */
  record Band(int first, int last, boolean refines, int low) {}

  /**
   * Decodes the next block.
   *
   * @param member which of the scan's planes it belongs to
   * @param at where its coefficients begin
   * @return place of the last that is not zero, in the file's order; 63 when it is not known
   */
  abstract int decode(int member, short[] into, int at);

  /** Begins anew behind a restart marker. */
  abstract void restart();

  /**
   * Reads all blocks.
   *
   * @param interval units between restart markers, 0 for none
   * @param picture takes each row of units, unless coefficients are kept
   * @return whether there was data to the last of them
   */
  final boolean read(int interval, Picture picture) {
    boolean alone = planes.size() == 1;
    JpegFrame.Component only = planes.get(0).component;
    int columns = alone ? frame.blockColumns(only) : frame.unitColumns();
    int rows = alone ? frame.blockRows(only) : frame.unitRows();
    int rowsAtOnce = alone ? only.vertical() : 1;
    for (int i = 0, y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++, i++) {
        if (interval > 0 && i > 0 && i % interval == 0) {
          bits.restart(i / interval - 1 & 7);
          restart();
        }
        missing = bits.exhausted();
        if (alone) {
          block(0, x, y);
        } else {
          unit(x, y);
        }
      }
      if (!planes.get(0).keeps() && ((y + 1) % rowsAtOnce == 0 || y == rows - 1)) {
        picture.rowOfUnits();
      }
    }
    return !missing;
  }

  private void unit(int unitX, int unitY) {
    for (int member = 0; member < planes.size(); member++) {
      JpegFrame.Component c = planes.get(member).component;
      for (int y = unitY * c.vertical(); y < (unitY + 1) * c.vertical(); y++) {
        for (int x = unitX * c.horizontal(); x < (unitX + 1) * c.horizontal(); x++) {
          block(member, x, y);
        }
      }
    }
  }

  private void block(int member, int x, int y) {
    Plane plane = planes.get(member);
    if (plane.keeps()) {
      if (!missing) {
        decode(member, plane.coefficients, plane.at(x, y));
      }
      return;
    }
    int last = missing ? 0 : decode(member, block, 0);
    plane.transform(block, 0, x, y, last);
    if (last == 0) {
      block[0] = 0;
    } else {
      Arrays.fill(block, (short) 0);
    }
  }
}
