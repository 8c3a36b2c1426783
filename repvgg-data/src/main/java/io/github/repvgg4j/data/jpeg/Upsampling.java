package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.JpegFrame;

/**
 * Rows of one component at the image's size. Where it has half the columns, half the rows or both,
 * a sample is three parts its nearest and one part the next on that side, as libjpeg-turbo's
 * "fancy" upsampling; otherwise samples are repeated.
 */
final class Upsampling {

  /** By how many samples a row may be longer than the image. */
  static final int SURPLUS = 3;

  private final Plane plane;
  private final int across;
  private final int down;
  private final boolean smoothAcross;
  private final boolean smoothDown;

  /** Of two rows, the nearer three times. */
  private final int[] sums;

  Upsampling(JpegFrame frame, Plane plane) throws FormatFault {
    this.plane = plane;
    int h = plane.component.horizontal();
    int v = plane.component.vertical();
    if (frame.maxHorizontal() % h != 0 || frame.maxVertical() % v != 0) {
      throw new FormatFault("is a JPEG with fractions of samples; save it as an ordinary JPEG");
    }
    this.across = frame.maxHorizontal() / h;
    this.down = frame.maxVertical() / v;
    this.smoothAcross = across == 2 && down <= 2 && plane.width > 2;
    this.smoothDown = down == 2 && (smoothAcross || across == 1);
    this.sums = new int[smoothDown ? plane.width : 0];
  }

  /**
   * Makes the samples of an image's row.
   *
   * @param out takes them from {@code to} on, and up to {@link #SURPLUS} more
   */
  void row(int y, int[] out, int to) {
    int row = y / down;
    int[] near = plane.row(row);
    if (smoothDown) {
      int other = y % 2 == 0 ? Math.max(row - 1, 0) : Math.min(row + 1, plane.height - 1);
      sum(near, plane.row(other), sums);
      if (smoothAcross) {
        across(sums, 8, 7, 4, out, to);
      } else {
        quarter(sums, y % 2 == 0 ? 1 : 2);
        System.arraycopy(sums, 0, out, to, sums.length);
      }
    } else if (smoothAcross) {
      across(near, 1, 2, 2, out, to);
    } else if (across > 1) {
      repeat(near, out, to);
    } else {
      System.arraycopy(near, 0, out, to, plane.width);
    }
  }

  /** Of whole arrays, so that the JVM makes vector instructions of it. */
  private static void sum(int[] near, int[] far, int[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] = 3 * near[x] + far[x];
    }
  }

  private static void quarter(int[] sums, int round) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] = sums[x] + round >> 2;
    }
  }

  /**
   * @param before what is added for a sample's left half before its last {@code shift} bits are cut
   * @param behind the same for its right half
   */
  private void across(int[] in, int before, int behind, int shift, int[] out, int to) {
    int left = in[0];
    int at = to;
    out[at++] = 4 * left + before >> shift;
    for (int x = 1; x < plane.width; x++, at += 2) {
      int right = in[x];
      out[at] = 3 * left + right + behind >> shift;
      out[at + 1] = 3 * right + left + before >> shift;
      left = right;
    }
    out[at] = 4 * left + behind >> shift;
  }

  private void repeat(int[] in, int[] out, int to) {
    int at = to;
    for (int x = 0; x < plane.width; x++) {
      for (int i = 0; i < across; i++) {
        out[at++] = in[x];
      }
    }
  }
}
