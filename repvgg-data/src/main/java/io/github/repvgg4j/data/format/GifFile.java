package io.github.repvgg4j.data.format;

import java.util.Arrays;

/** Finds the first frame of a GIF (GIF89a specification, 1990). */
final class GifFile {

  private static final int SCREEN_END = 13;
  private static final byte TRAILER = 0x3b;

  private final ByteView data;

  private GifFile(ByteView data) {
    this.data = data.littleEndian();
  }

  static EncodedImage parse(ByteView data) throws FormatFault {
    return new GifFile(data).parse();
  }

  private EncodedImage parse() throws FormatFault {
    require(SCREEN_END, 0);
    int at = SCREEN_END + colours(data.u8(10));
    require(at, 1);
    while (data.u8(at) == 0x21) {
      at = blocks(at + 2);
      require(at, 1);
    }
    if (data.u8(at) != 0x2c) {
      throw new FormatFault("damaged: the GIF has no picture");
    }
    require(at, 10);
    return frame(at);
  }

  private EncodedImage frame(int at) throws FormatFault {
    int left = data.u16(at + 1);
    int top = data.u16(at + 3);
    ImageSize frame = ImageSize.of(data.u16(at + 5), data.u16(at + 7));
    // as browsers and Pillow do: a screen too small for its picture grows
    ImageSize screen =
        ImageSize.of(
            Math.max(data.u16(6), left + frame.width()),
            Math.max(data.u16(8), top + frame.height()));
    int end = blocks(at + 10 + colours(data.u8(at + 9)) + 1);
    byte[] first = Arrays.copyOf(data.bytes(), end + 1);
    first[end] = TRAILER;
    return new EncodedImage(
        ImageFormat.GIF, screen.width(), screen.height(), left, top, Orientation.UPRIGHT, first);
  }

  /** Bytes of a colour table. */
  private static int colours(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
  }

  /** Passes over data blocks. */
  private int blocks(int from) throws FormatFault {
    int at = from;
    require(at, 1);
    while (data.u8(at) != 0) {
      at += 1 + data.u8(at);
      require(at, 1);
    }
    return at + 1;
  }

  private void require(int at, int count) throws FormatFault {
    if (!data.has(at, count)) {
      throw new FormatFault("cut off: the GIF ends before its first picture does");
    }
  }
}
