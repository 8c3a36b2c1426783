package io.github.repvgg4j.data.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Frame header of a JPEG (ITU-T T.81, B.2.2).
 *
 * @param marker SOF0 to SOF15, 0xc0 to 0xcf
 * @param size of the image
 * @param components in the order of the file
 */
public record JpegFrame(int marker, ImageSize size, List<Component> components) {

  private static final int MAX_SAMPLING = 4;

  /**
   * One plane.
   *
   * @param id by which scans name it
   * @param horizontal sampling factor
   * @param vertical sampling factor
   * @param quantization slot of its table
   */
  public record Component(int id, int horizontal, int vertical, int quantization) {}

  public static boolean is(int marker) {
    return marker >= 0xc0
        && marker <= 0xcf
        && marker != JpegMarkers.DHT
        && marker != 0xc8
        && marker != 0xcc;
  }

  /**
   * @param at the segment's content
   */
  public static JpegFrame parse(ByteView data, int marker, int at, int end) throws FormatFault {
    int count = end - at >= 6 ? data.u8(at + 5) : 0;
    if (count < 1 || count > 4 || end - at < 6 + 3 * count) {
      throw new FormatFault("damaged: the JPEG's frame header is wrong");
    }
    if (marker > 0xc2 && marker != 0xc9 && marker != 0xca) {
      throw new FormatFault("is a lossless or hierarchical JPEG; save it as an ordinary JPEG");
    }
    if (data.u8(at) != 8) {
      throw new FormatFault(
          "is a JPEG with " + data.u8(at) + " bits a value; save it with 8 bits a value");
    }
    List<Component> components = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = at + 6 + 3 * i;
      int sampling = data.u8(from + 1);
      Component component =
          new Component(data.u8(from), sampling >> 4, sampling & 15, data.u8(from + 2));
      if (outside(component.horizontal) || outside(component.vertical)) {
        throw new FormatFault("damaged: the JPEG's frame header has wrong sampling factors");
      }
      components.add(component);
    }
    return new JpegFrame(
        marker, ImageSize.of(data.u16(at + 3), data.u16(at + 1)), List.copyOf(components));
  }

  private static boolean outside(int sampling) {
    return sampling < 1 || sampling > MAX_SAMPLING;
  }

  public boolean progressive() {
    return marker == 0xc2 || marker == 0xca;
  }

  public boolean arithmetic() {
    return marker == 0xc9 || marker == 0xca;
  }

  public int maxHorizontal() {
    int max = 1;
    for (Component component : components) {
      max = Math.max(max, component.horizontal);
    }
    return max;
  }

  public int maxVertical() {
    int max = 1;
    for (Component component : components) {
      max = Math.max(max, component.vertical);
    }
    return max;
  }

  /** Columns of minimum coded units in an interleaved scan. */
  public int unitColumns() {
    return ceil(size.width(), 8 * maxHorizontal());
  }

  /** Rows of minimum coded units in an interleaved scan. */
  public int unitRows() {
    return ceil(size.height(), 8 * maxVertical());
  }

  /** Columns of blocks in a scan of this component alone. */
  public int blockColumns(Component component) {
    return ceil(ceil(size.width() * component.horizontal, maxHorizontal()), 8);
  }

  /** Rows of blocks in a scan of this component alone. */
  public int blockRows(Component component) {
    return ceil(ceil(size.height() * component.vertical, maxVertical()), 8);
  }

  private static int ceil(int value, int divisor) {
    return (value + divisor - 1) / divisor;
  }
}
