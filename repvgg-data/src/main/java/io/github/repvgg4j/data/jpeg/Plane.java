package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.JpegFrame;
import java.util.Arrays;

/**
 * One component: the samples of one row of coded units, and all its coefficients where several
 * scans bring them.
 */
final class Plane {

  final JpegFrame.Component component;

  /** Blocks a row, those behind the image's edge with them. */
  final int columns;

  /** The last row of the units above, then the rows of these units. */
  private final int[][] samples;

  /** By block, 64 each; empty where each block becomes samples at once. */
  final short[] coefficients;

  /** Columns of samples that belong to the image. */
  final int width;

  /** Rows of samples that belong to the image. */
  final int height;

  /** Quantization steps, row by row; those of the component's first scan hold. */
  int[] steps;

  /** The component's row that is the first in {@link #samples}. */
  private int top = -1;

  private final InverseDct inverse = new InverseDct();

  Plane(JpegFrame frame, JpegFrame.Component component, boolean keepCoefficients) {
    this.component = component;
    this.columns = frame.unitColumns() * component.horizontal();
    this.samples = new int[1 + 8 * component.vertical()][8 * columns];
    int rows = keepCoefficients ? frame.unitRows() * component.vertical() : 0;
    this.coefficients = new short[Math.multiplyExact(64 * columns, rows)];
    this.width = part(frame.size().width(), component.horizontal(), frame.maxHorizontal());
    this.height = part(frame.size().height(), component.vertical(), frame.maxVertical());
  }

  private static int part(int whole, int sampling, int largest) {
    return (whole * sampling + largest - 1) / largest;
  }

  /** Whether the coefficients of all blocks are kept. */
  boolean keeps() {
    return coefficients.length > 0;
  }

  /** Where a block's coefficients begin. */
  int at(int x, int y) {
    return 64 * (y * columns + x);
  }

  /** The samples of one of this row of units, or of the last row above. */
  int[] row(int y) {
    return samples[y - top];
  }

  /**
   * Makes samples of a block.
   *
   * @param last place of the last coefficient that is not zero, in the file's order
   */
  void transform(short[] block, int from, int x, int y, int last) {
    if (last == 0) {
      InverseDct.flat(block[from], steps[0], samples, 8 * y - top, 8 * x);
    } else {
      inverse.transform(block, from, last, steps, samples, 8 * y - top, 8 * x);
    }
  }

  /** Makes samples of the coefficients that were kept. */
  void transformKept() {
    if (steps == null) { // no scan has brought it
      for (int[] row : samples) {
        Arrays.fill(row, 128);
      }
      return;
    }
    int first = (top + 1) / 8;
    for (int y = first; y < first + component.vertical(); y++) {
      for (int x = 0; x < columns; x++) {
        transform(coefficients, at(x, y), x, y, 63);
      }
    }
  }

  /** Goes on to the next row of units. */
  void advance() {
    int last = samples.length - 1;
    int[] above = samples[last];
    samples[last] = samples[0];
    samples[0] = above;
    top += 8 * component.vertical();
  }
}
