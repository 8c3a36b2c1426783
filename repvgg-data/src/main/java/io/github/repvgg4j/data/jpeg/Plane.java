package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.JpegFrame;
import java.util.Arrays;

/**
 * The samples of one component, in whole blocks, and its coefficients where several scans bring
 * them.
 */
final class Plane {

  final JpegFrame.Component component;

  /** Blocks a row, those behind the image's edge with them. */
  final int columns;

  final int rows;

  /** Bytes a row of {@link #samples}. */
  final int stride;

  final byte[] samples;

  /** By block, 64 each; empty where each block becomes samples at once. */
  final short[] coefficients;

  /** Columns of samples that belong to the image. */
  final int width;

  /** Rows of samples that belong to the image. */
  final int height;

  /** Quantization steps, row by row; those of the component's first scan hold. */
  int[] steps;

  private final InverseDct inverse = new InverseDct();

  Plane(JpegFrame frame, JpegFrame.Component component, boolean keepCoefficients) {
    this.component = component;
    this.columns = frame.unitColumns() * component.horizontal();
    this.rows = frame.unitRows() * component.vertical();
    this.stride = 8 * columns;
    this.samples = new byte[Math.multiplyExact(stride, 8 * rows)];
    this.coefficients = new short[keepCoefficients ? samples.length : 0];
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

  /**
   * Makes samples of a block.
   *
   * @param last place of the last coefficient that is not zero, in the file's order
   */
  void transform(short[] block, int from, int x, int y, int last) {
    int to = 8 * (y * stride + x);
    if (last == 0) {
      InverseDct.flat(block[from], steps[0], samples, to, stride);
    } else {
      inverse.transform(block, from, last, steps, samples, to, stride);
    }
  }

  /** Makes samples of all coefficients that were kept. */
  void transformAll() {
    if (steps == null) { // no scan has brought it
      Arrays.fill(samples, (byte) 128);
      return;
    }
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        transform(coefficients, at(x, y), x, y, 63);
      }
    }
  }
}
