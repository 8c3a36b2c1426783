package io.github.repvgg4j.data.vp8;

import java.util.Arrays;

/** Samples with the border that prediction sees around them (RFC 6386, section 12.2). */
final class Plane {

  private static final int ABOVE = 127;
  private static final int LEFT = 129;

  /** Room for the four samples to the upper right of the last block. */
  private static final int RIGHT = 4;

  final byte[] samples;
  final int stride;

  Plane(int width, int height) {
    stride = 1 + width + RIGHT;
    samples = new byte[Math.multiplyExact(stride, height + 1)];
    Arrays.fill(samples, 0, stride, (byte) ABOVE);
    for (int y = 0; y < height; y++) {
      samples[at(-1, y)] = (byte) LEFT;
    }
  }

  int at(int x, int y) {
    return (y + 1) * stride + x + 1;
  }

  int get(int at) {
    return samples[at] & 0xff;
  }

  void set(int at, int value) {
    samples[at] = (byte) (value < 0 ? 0 : Math.min(255, value));
  }
}
