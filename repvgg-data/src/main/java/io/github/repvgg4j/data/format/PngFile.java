package io.github.repvgg4j.data.format;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Walks the chunks of a PNG with their checksums (RFC 2083, section 3). What stands behind the end
 * chunk does not count; a file without one is whole when its compressed pixels are.
 */
final class PngFile {

  private static final int CHUNK_OVERHEAD = 12;
  private static final byte[] END_CHUNK = {
    0, 0, 0, 0, 'I', 'E', 'N', 'D', (byte) 0xae, 0x42, 0x60, (byte) 0x82
  };

  private final ByteView data;
  private final Inflater inflater = new Inflater();
  private ImageSize size;
  private Orientation orientation = Orientation.UPRIGHT;
  private final ByteArrayOutputStream needed = new ByteArrayOutputStream();
  private int end;

  private PngFile(ByteView data) {
    this.data = data;
  }

  static EncodedImage parse(ByteView data) throws FormatFault {
    PngFile file = new PngFile(data);
    try {
      if (!file.walk()) {
        file.close();
      }
      byte[] bytes = file.needed.toByteArray();
      return EncodedImage.of(ImageFormat.PNG, file.size, file.orientation, bytes);
    } finally {
      file.inflater.end();
    }
  }

  /** Whether there is an end chunk. */
  private boolean walk() throws FormatFault {
    int at = 8;
    needed.write(data.bytes(), 0, at);
    while (data.has(at, CHUNK_OVERHEAD) && data.has(at + CHUNK_OVERHEAD, data.u32(at))) {
      int length = (int) data.u32(at);
      CRC32 crc = new CRC32();
      crc.update(data.bytes(), at + 4, length + 4);
      if (crc.getValue() != data.u32(at + 8 + length)) {
        throw new FormatFault("damaged: a PNG checksum does not match");
      }
      String type = data.text(at + 4, 4);
      if (size == null) {
        header(type, at + 8, length);
      } else if (type.equals("eXIf")) {
        orientation =
            TiffTags.orientation(Arrays.copyOfRange(data.bytes(), at + 8, at + 8 + length));
      }
      if (shapesPixels(type)) {
        needed.write(data.bytes(), at, length + CHUNK_OVERHEAD);
      }
      at += length + CHUNK_OVERHEAD;
      end = at;
      if (type.equals("IEND")) {
        return true;
      }
    }
    if (size == null) {
      throw new FormatFault("cut off: the PNG has no end");
    }
    return false;
  }

  /**
   * Critical chunks, and what colour a palette's transparent entries have. Of the others libpng
   * would only complain on standard error, naming no file, such as of a colour profile.
   */
  private static boolean shapesPixels(String type) {
    return Character.isUpperCase(type.charAt(0)) || type.equals("tRNS");
  }

  private void header(String type, int at, int length) throws FormatFault {
    if (type.equals("CgBI")) {
      throw new FormatFault("is a PNG in Apple's private form; convert it to JPEG or PNG");
    }
    if (!type.equals("IHDR") || length < 13) {
      throw new FormatFault("damaged: the PNG does not begin with its header");
    }
    size = ImageSize.of(data.u32(at), data.u32(at + 4));
  }

  /** Adds the end chunk. */
  private void close() throws FormatFault {
    if (!pixelsAreWhole()) {
      throw new FormatFault("cut off: the PNG has no end");
    }
    needed.writeBytes(END_CHUNK);
  }

  private boolean pixelsAreWhole() {
    byte[] scratch = new byte[1 << 14];
    byte[] type = "IDAT".getBytes(StandardCharsets.US_ASCII);
    try {
      for (int at = 8; at < end; at += (int) data.u32(at) + CHUNK_OVERHEAD) {
        if (Arrays.equals(data.bytes(), at + 4, at + 8, type, 0, 4)) {
          inflater.setInput(data.bytes(), at + 8, (int) data.u32(at));
          while (inflater.inflate(scratch) > 0) {
            // only its end counts
          }
        }
      }
      return inflater.finished();
    } catch (DataFormatException e) {
      return false;
    }
  }
}
