package io.github.repvgg4j.data.format;

import io.github.repvgg4j.data.format.JpegFrame.Component;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the entropy-coded data of a JPEG's scans without making pixels of it, to learn whether it
 * reaches to the last one. Huffman-coded frames, sequential and progressive.
 */
final class JpegScans {

  /** Progressive files have about ten; one a coefficient and bit would still be fewer. */
  private static final int MAX_SCANS = 500;

  /** So many zero bytes on end are padding, not a picture. */
  private static final int PADDING = 8;

  private final ByteView data;
  private final JpegFrame frame;
  private final JpegBlocks blocks;
  private final JpegProgress progress;
  private int restartInterval;
  private int scans;

  private JpegScans(ByteView data, JpegFrame frame) {
    this.data = data;
    this.frame = frame;
    this.blocks = new JpegBlocks(data, frame);
    this.progress = new JpegProgress(frame);
  }

  /**
   * Where the data of a whole image ends.
   *
   * @return the first byte behind it; -1 when it is not whole
   */
  static int wholeEnd(ByteView data, JpegFrame frame) {
    if (frame.arithmetic()) {
      return -1;
    }
    try {
      return new JpegScans(data, frame).walk();
    } catch (EntropyBits.Exhausted e) {
      return -1;
    }
  }

  private int walk() throws EntropyBits.Exhausted {
    JpegMarkers markers = new JpegMarkers(data);
    while (markers.next() && markers.marker() != JpegMarkers.EOI) {
      int at = markers.content();
      switch (markers.marker()) {
        case JpegMarkers.DHT -> blocks.tables(at, markers.end());
        case JpegMarkers.DRI -> restartInterval = markers.end() - at >= 2 ? data.u16(at) : 0;
        case JpegMarkers.SOS -> {
          int end = scan(at, markers.end());
          progress.add(data, at, markers.end());
          if (progress.complete()) {
            return padded(end) ? -1 : end;
          }
          markers.skipTo(end);
        }
        default -> {}
      }
    }
    return -1;
  }

  private int scan(int at, int end) throws EntropyBits.Exhausted {
    int count = end > at ? data.u8(at) : 0;
    if (count < 1 || end - at < 4 + 2 * count || ++scans > MAX_SCANS) {
      throw new EntropyBits.Exhausted();
    }
    List<JpegBlocks.Plane> planes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      planes.add(blocks.plane(data.u8(at + 1 + 2 * i), data.u8(at + 2 + 2 * i)));
    }
    int tail = at + 1 + 2 * count;
    blocks.begin(planes, data.u8(tail), data.u8(tail + 1), data.u8(tail + 2));
    EntropyBits bits = new EntropyBits(data, end);
    if (count == 1) {
      alone(planes.get(0), bits);
    } else {
      interleaved(planes, bits);
    }
    return bits.position();
  }

  private void alone(JpegBlocks.Plane plane, EntropyBits bits) throws EntropyBits.Exhausted {
    int columns = frame.blockColumns(plane.component());
    int total = columns * frame.blockRows(plane.component());
    for (int i = 0; i < total; i++) {
      restart(i, bits);
      blocks.read(plane, i % columns, i / columns, bits);
    }
  }

  private void interleaved(List<JpegBlocks.Plane> planes, EntropyBits bits)
      throws EntropyBits.Exhausted {
    int columns = frame.unitColumns();
    int total = columns * frame.unitRows();
    for (int i = 0; i < total; i++) {
      restart(i, bits);
      for (JpegBlocks.Plane plane : planes) {
        Component c = plane.component();
        for (int b = 0; b < c.horizontal() * c.vertical(); b++) {
          int x = i % columns * c.horizontal() + b % c.horizontal();
          int y = i / columns * c.vertical() + b / c.horizontal();
          blocks.read(plane, x, y, bits);
        }
      }
    }
  }

  private void restart(int unit, EntropyBits bits) throws EntropyBits.Exhausted {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval == 0) {
      bits.restart();
      blocks.restart();
    }
  }

  /** A file that was cut off and filled with zeros can look like a picture to its end. */
  private boolean padded(int end) {
    byte[] around =
        Arrays.copyOfRange(
            data.bytes(), Math.max(0, end - PADDING), Math.min(data.length(), end + 1));
    for (byte b : around) {
      if (b != 0) {
        return false;
      }
    }
    return data.length() > end;
  }
}
