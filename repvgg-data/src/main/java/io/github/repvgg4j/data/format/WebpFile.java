package io.github.repvgg4j.data.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks a WebP's chunks (RFC 9649) and hands on the one that holds the picture, or an animation's
 * first frame, alone: transparency and colour profile are not used.
 */
final class WebpFile {

  private static final int HEADER = 12;
  private static final int CHUNK = 8;
  private static final int FRAME_HEADER = 16;

  private final ByteView data;
  private ImageSize canvas;
  private ImageSize picture;
  private int left;
  private int top;
  private byte[] simple;
  private boolean animated;
  private boolean chunkIsCut;
  private Orientation orientation = Orientation.UPRIGHT;

  private WebpFile(ByteView data) {
    this.data = data.littleEndian();
  }

  static EncodedImage parse(ByteView data) throws FormatFault {
    WebpFile file = new WebpFile(data);
    return file.parse();
  }

  private EncodedImage parse() throws FormatFault {
    long end = Math.min(data.length(), 8 + data.u32(4));
    chunks(HEADER, (int) end);
    if (simple == null) {
      throw new FormatFault("cut off: the WebP ends before its pixels");
    }
    // of an animation only the first frame is needed
    if (!animated && (chunkIsCut || 8 + data.u32(4) > data.length() + 1L)) {
      throw new FormatFault("cut off: the WebP is shorter than it says");
    }
    ImageSize size = canvas == null ? picture : canvas;
    if ((long) left + picture.width() > size.width()
        || (long) top + picture.height() > size.height()) {
      throw new FormatFault("damaged: the WebP's frame lies outside its canvas");
    }
    return new EncodedImage(
        ImageFormat.WEBP, size.width(), size.height(), left, top, orientation, simple);
  }

  private void chunks(int from, int end) throws FormatFault {
    int at = from;
    while (at + CHUNK <= end) {
      long length = data.u32(at + 4);
      String type = data.text(at, 4);
      int content = at + CHUNK;
      boolean whole = length <= end - content;
      if (!whole && simple == null) {
        throw new FormatFault("cut off: the WebP ends before its last pixels");
      }
      if (!whole) {
        chunkIsCut = true;
        return;
      }
      chunk(type, content, (int) length);
      at = content + (int) length + (int) (length & 1);
    }
  }

  private void chunk(String type, int at, int length) throws FormatFault {
    switch (type) {
      case "VP8X" -> {
        require(length >= 10);
        canvas = ImageSize.of(1 + u24(at + 4), 1 + u24(at + 7));
      }
      case "ANMF" -> {
        if (simple == null) {
          require(length > FRAME_HEADER);
          animated = true;
          left = 2 * u24(at);
          top = 2 * u24(at + 3);
          chunks(at + FRAME_HEADER, at + length);
        }
      }
      case "VP8 " -> {
        if (simple == null) {
          require(length >= 10 && data.startsWith(at + 3, "\u009d\u0001*"));
          picture = ImageSize.of(data.u16(at + 6) & 0x3fff, data.u16(at + 8) & 0x3fff);
          simple = simple(at - CHUNK, length);
        }
      }
      case "VP8L" -> {
        if (simple == null) {
          require(length >= 5 && data.u8(at) == 0x2f);
          long bits = data.u32(at + 1);
          picture = ImageSize.of(1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff));
          simple = simple(at - CHUNK, length);
        }
      }
      case "EXIF" -> orientation = exif(Arrays.copyOfRange(data.bytes(), at, at + length));
      default -> {}
    }
  }

  private static void require(boolean sound) throws FormatFault {
    if (!sound) {
      throw new FormatFault("damaged: the WebP has a wrong header");
    }
  }

  private int u24(int at) {
    return data.u16(at) | data.u8(at + 2) << 16;
  }

  /** Some writers put a JPEG's prefix before the EXIF data. */
  private static Orientation exif(byte[] content) {
    boolean prefixed = new ByteView(content).startsWith(0, "Exif\0\0");
    return TiffTags.orientation(
        prefixed ? Arrays.copyOfRange(content, 6, content.length) : content);
  }

  /** A file of this chunk alone. */
  private byte[] simple(int at, int length) {
    int padded = CHUNK + length + (length & 1);
    ByteBuffer file = ByteBuffer.allocate(HEADER + padded).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(4 + padded);
    file.put("WEBP".getBytes(StandardCharsets.US_ASCII)).put(data.bytes(), at, CHUNK + length);
    return file.array();
  }
}
