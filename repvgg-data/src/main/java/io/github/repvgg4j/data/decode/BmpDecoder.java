package io.github.repvgg4j.data.decode;

import io.github.repvgg4j.data.format.BmpFile;
import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.image.RgbImage;

/**
 * BMP of every header and depth. OpenCV and the JDK lack some of them, and leave values of five
 * bits at 248 instead of 255.
 */
final class BmpDecoder {

  private final byte[] file;
  private final BmpFile bmp;
  private final RgbImage result;

  private BmpDecoder(byte[] file, BmpFile bmp) {
    this.file = file;
    this.bmp = bmp;
    this.result = RgbImage.black(bmp.width(), bmp.height());
  }

  static RgbImage decode(byte[] file) throws FormatFault {
    BmpDecoder decoder = new BmpDecoder(file, BmpFile.read(file));
    if (decoder.bmp.packing() == BmpFile.Packing.PLAIN) {
      decoder.rows();
    } else {
      decoder.runs();
    }
    return decoder.result;
  }

  private void rows() {
    for (int row = 0; row < bmp.height(); row++) {
      int from = bmp.offset() + row * bmp.rowBytes();
      for (int x = 0; x < bmp.width(); x++) {
        put(x, row, pixel(from, x));
      }
    }
  }

  private int pixel(int row, int x) {
    return switch (bmp.depth()) {
      case 16 -> masked(u8(row + 2 * x) | u8(row + 2 * x + 1) << 8);
      case 24 -> u24(row + 3 * x);
      case 32 -> masked(u24(row + 4 * x) | u8(row + 4 * x + 3) << 24);
      default -> {
        int bits = bmp.depth();
        int at = x * bits;
        yield bmp.palette()[u8(row + at / 8) >> 8 - bits - at % 8 & (1 << bits) - 1];
      }
    };
  }

  private int u8(int at) {
    return file[at] & 0xff;
  }

  private int u24(int at) {
    return u8(at) | u8(at + 1) << 8 | u8(at + 2) << 16;
  }

  /** Values of other than eight bits are brought to 0..255 as Pillow does it. */
  private int masked(int pixel) {
    int rgb = 0;
    for (int mask : bmp.masks()) {
      long value = (pixel & mask & 0xffffffffL) >> Integer.numberOfTrailingZeros(mask | 1 << 31);
      long most = (mask & 0xffffffffL) >> Integer.numberOfTrailingZeros(mask | 1 << 31);
      rgb = rgb << 8 | (most == 0 ? 0 : (int) (value * 255 / most) & 0xff);
    }
    return rgb;
  }

  /**
   * @param row in the order of the file
   */
  private void put(int x, int row, int rgb) {
    int y = bmp.topDown() ? row : bmp.height() - 1 - row;
    int at = 3 * (y * bmp.width() + x);
    result.pixels()[at] = (byte) (rgb >> 16);
    result.pixels()[at + 1] = (byte) (rgb >> 8);
    result.pixels()[at + 2] = (byte) rgb;
  }

  /** Runs of one value, of given values, and steps; pixels in no run have the first colour. */
  private void runs() throws FormatFault {
    for (int row = 0; bmp.palette()[0] != 0 && row < bmp.height(); row++) {
      for (int x = 0; x < bmp.width(); x++) {
        put(x, row, bmp.palette()[0]);
      }
    }
    int at = bmp.offset();
    int x = 0;
    int row = 0;
    while (row < bmp.height()) {
      int count = next(at);
      int value = next(at + 1);
      at += 2;
      if (count > 0) {
        x = run(x, row, count, i -> value, 0);
      } else if (value == 0) {
        x = 0;
        row++;
      } else if (value == 1) {
        return;
      } else if (value == 2) {
        x += next(at);
        row += next(at + 1);
        at += 2;
      } else {
        int bytes = bmp.depth() == 8 ? value : (value + 1) / 2;
        int from = at;
        next(at + bytes - 1);
        x = run(x, row, value, this::u8, from);
        at += bytes + bytes % 2;
      }
      if (row == bmp.height() - 1 && x >= bmp.width() && at >= file.length) {
        return;
      }
    }
  }

  /** Where a run's bytes come from. */
  private interface Bytes {
    int at(int position);
  }

  private int run(int from, int row, int count, Bytes bytes, int start) {
    int x = from;
    for (int i = 0; i < count; i++) {
      int value =
          bmp.depth() == 8
              ? bytes.at(start + i)
              : bytes.at(start + i / 2) >> (i % 2 == 0 ? 4 : 0) & 15;
      if (x < bmp.width()) {
        put(x++, row, bmp.palette()[value]);
      }
    }
    return x;
  }

  private int next(int at) throws FormatFault {
    if (at >= file.length) {
      throw new FormatFault("cut off: the BMP ends before its last pixels");
    }
    return u8(at);
  }
}
