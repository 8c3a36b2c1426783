package io.github.repvgg4j.data.png;

import io.github.repvgg4j.data.format.ByteView;
import io.github.repvgg4j.data.format.FormatFault;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates a PNG's rows and takes their filters off (RFC 2083, section 6). */
final class FilteredRows implements AutoCloseable {

  /** Bytes before a row's first pixel, the left neighbours of that: zeros. */
  static final int BEFORE = 8;

  private final ByteView data;
  private final int bits;
  private final int left;
  private final Inflater inflater = new Inflater();
  private final byte[] filter = new byte[1];
  private int chunk;
  private byte[] row = {};
  private byte[] above = {};

  /**
   * @param bits a pixel
   */
  FilteredRows(ByteView data, int bits) {
    this.data = data;
    this.bits = bits;
    this.left = Math.max(1, bits / 8);
    this.chunk = PngDecoder.find(data, "IDAT", 8);
    feed();
  }

  private void feed() {
    if (chunk >= 0) {
      inflater.setInput(data.bytes(), chunk + 8, (int) data.u32(chunk));
    }
  }

  /** Begins a pass of rows of so many pixels. */
  void begin(int columns) {
    row = new byte[BEFORE + (int) (((long) bits * columns + 7) / 8)];
    above = new byte[row.length];
  }

  /** The next row, from {@link #BEFORE} on; good until the next but one. */
  byte[] next() throws FormatFault {
    byte[] reused = above;
    above = row;
    row = reused;
    inflate(filter, 0);
    inflate(row, BEFORE);
    switch (filter[0]) {
      case 0 -> {}
      case 1 -> addLeft();
      case 2 -> addAbove();
      case 3 -> addMean();
      case 4 -> addPaeth();
      default -> throw new FormatFault("damaged: a row of the PNG has a wrong filter");
    }
    return row;
  }

  private void inflate(byte[] into, int from) throws FormatFault {
    int at = from;
    try {
      while (at < into.length) {
        int count = inflater.inflate(into, at, into.length - at);
        at += count;
        if (count == 0 && inflater.needsInput() && chunk >= 0 && !inflater.finished()) {
          chunk = PngDecoder.find(data, "IDAT", PngDecoder.behind(data, chunk));
          feed();
        } else if (count == 0) {
          throw new FormatFault("cut off: the PNG has too few pixels");
        }
      }
    } catch (DataFormatException e) {
      throw new FormatFault("damaged: cannot be decoded");
    }
  }

  private void addLeft() {
    for (int i = BEFORE; i < row.length; i++) {
      row[i] += row[i - left];
    }
  }

  private void addAbove() {
    for (int i = BEFORE; i < row.length; i++) {
      row[i] += above[i];
    }
  }

  private void addMean() {
    for (int i = BEFORE; i < row.length; i++) {
      row[i] += (byte) ((row[i - left] & 0xff) + (above[i] & 0xff) >> 1);
    }
  }

  private void addPaeth() {
    byte[] current = row;
    byte[] upper = above;
    for (int i = BEFORE; i < current.length; i++) {
      int a = current[i - left] & 0xff;
      int b = upper[i] & 0xff;
      int c = upper[i - left] & 0xff;
      int toA = Math.abs(b - c);
      int toB = Math.abs(a - c);
      int toC = Math.abs(a + b - 2 * c);
      int nearest = toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
      current[i] += (byte) nearest;
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
