package io.github.repvgg4j.data.format;

/** Steps from marker to marker through a JPEG (ITU-T T.81, B.1.1). */
public final class JpegMarkers {

  public static final int DHT = 0xc4;
  public static final int SOI = 0xd8;
  public static final int EOI = 0xd9;
  public static final int SOS = 0xda;
  public static final int DRI = 0xdd;
  public static final int APP1 = 0xe1;

  private final ByteView data;
  private int at;
  private int marker;
  private int end;

  public JpegMarkers(ByteView data) {
    this.data = data;
    this.end = 2;
  }

  /**
   * Goes to the next marker behind the current segment; what lies between, entropy-coded data with
   * its stuffed bytes and restart markers, or stray bytes, is passed over.
   *
   * @return false at the end of the file, or when the next segment is cut off there
   */
  public boolean next() {
    for (int i = end; i + 1 < data.length(); i++) {
      if (data.u8(i) == 0xff && isMarker(data.u8(i + 1))) {
        return open(i + 2, data.u8(i + 1));
      }
    }
    return false;
  }

  private static boolean isMarker(int code) {
    return code != 0 && code != 0xff && !(code >= 0xd0 && code <= 0xd7);
  }

  private boolean open(int from, int code) {
    marker = code;
    at = from;
    end = from;
    if (code == EOI || code == SOI || code == 1) {
      return true;
    }
    if (!data.has(from, 2) || data.u16(from) < 2 || !data.has(from, data.u16(from))) {
      return false;
    }
    at = from + 2;
    end = from + data.u16(from);
    return true;
  }

  public int marker() {
    return marker;
  }

  /** First byte of the segment's content. */
  public int content() {
    return at;
  }

  /** First byte behind the segment. */
  public int end() {
    return end;
  }

  /** Goes on behind this byte, where a scan's data has ended. */
  public void skipTo(int position) {
    end = position;
  }
}
