package io.github.repvgg4j.data.jpeg;

import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.JpegFrame;

/**
 * Rows of one component at the image's size. Where it has half the columns, half the rows or both,
 * a sample is three parts its nearest and one part the next on that side, as libjpeg-turbo's
 * "fancy" upsampling; otherwise samples are repeated.
 */
final class Upsampling {

  private final Plane plane;
  private final int across;
  private final int down;
  private final byte[] out;
  private final int[] sums;
  private final boolean smoothAcross;
  private final boolean smoothDown;

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
    this.out = new byte[plane.stride * across];
    this.sums = new int[plane.width];
  }

  /** Whether {@link #row} copies nothing and the samples lie in the plane. */
  boolean direct() {
    return across == 1 && down == 1;
  }

  /** The samples of an image's row, from the first; good until the next call. */
  byte[] row(int y) {
    int row = y / down;
    int near = plane.stride * row;
    int next = y % 2 == 0 ? Math.max(row - 1, 0) : Math.min(row + 1, plane.height - 1);
    int far = plane.stride * next;
    if (smoothAcross && smoothDown) {
      both(near, far);
    } else if (smoothAcross) {
      across(near);
    } else if (smoothDown) {
      down(near, far, y % 2 == 0 ? 1 : 2);
    } else {
      repeated(near);
    }
    return out;
  }

  private void across(int at) {
    byte[] in = plane.samples;
    int last = plane.width - 1;
    out[0] = in[at];
    out[2 * last + 1] = in[at + last];
    int left = in[at] & 0xff;
    for (int x = 1; x <= last; x++) {
      int right = in[at + x] & 0xff;
      out[2 * x - 1] = (byte) (3 * left + right + 2 >> 2);
      out[2 * x] = (byte) (3 * right + left + 1 >> 2);
      left = right;
    }
  }

  private void down(int near, int far, int round) {
    byte[] in = plane.samples;
    for (int x = 0; x < plane.width; x++) {
      out[x] = (byte) (3 * (in[near + x] & 0xff) + (in[far + x] & 0xff) + round >> 2);
    }
  }

  private void both(int near, int far) {
    byte[] in = plane.samples;
    for (int x = 0; x < plane.width; x++) {
      sums[x] = 3 * (in[near + x] & 0xff) + (in[far + x] & 0xff);
    }
    int last = plane.width - 1;
    out[0] = (byte) (4 * sums[0] + 8 >> 4);
    out[2 * last + 1] = (byte) (4 * sums[last] + 7 >> 4);
    for (int x = 1; x <= last; x++) {
      int left = sums[x - 1];
      int right = sums[x];
      out[2 * x - 1] = (byte) (3 * left + right + 7 >> 4);
      out[2 * x] = (byte) (3 * right + left + 8 >> 4);
    }
  }

  private void repeated(int at) {
    byte[] in = plane.samples;
    int to = 0;
    for (int x = 0; x < plane.width; x++) {
      for (int i = 0; i < across; i++) {
        out[to++] = in[at + x];
      }
    }
  }
}
