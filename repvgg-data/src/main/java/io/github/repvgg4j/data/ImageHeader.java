package io.github.repvgg4j.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What an image file says of itself, read before a decoder takes memory for it; and whether the
 * file is whole, which the decoder does not say (it fills what is missing with grey).
 *
 * @param format JPEG, PNG or BMP
 * @param width pixels
 * @param height pixels
 */
record ImageHeader(Format format, int width, int height) {

  /** Formats that are read. */
  enum Format {
    JPEG,
    PNG,
    BMP
  }

  private static final int PNG_CHUNK_OVERHEAD = 12;

  /** Fails with the reason, without the file's name. */
  static ImageHeader parse(byte[] file) throws FormatFault {
    ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.BIG_ENDIAN);
    if (file.length >= 4 && (data.getShort(0) & 0xffff) == 0xffd8) {
      return jpeg(data);
    }
    if (file.length >= 33 && data.getLong(0) == 0x89504e470d0a1a0aL) {
      return png(data);
    }
    if (file.length >= 26 && file[0] == 'B' && file[1] == 'M') {
      data.order(ByteOrder.LITTLE_ENDIAN);
      return new ImageHeader(Format.BMP, data.getInt(18), Math.abs(data.getInt(22)));
    }
    throw new FormatFault("not a JPEG, PNG or BMP image" + looksLike(file));
  }

  /** Markers up to the frame header (ITU-T T.81, annex B); the file must end its image. */
  private static ImageHeader jpeg(ByteBuffer data) throws FormatFault {
    if (!endsJpeg(data)) {
      throw new FormatFault("cut off: the JPEG has no end marker");
    }
    int at = 2;
    while (at + 9 < data.limit()) {
      if ((data.get(at) & 0xff) != 0xff) {
        throw new FormatFault("damaged: no JPEG marker at byte " + at);
      }
      int marker = data.get(at + 1) & 0xff;
      if (marker == 0xff) {
        at++;
        continue;
      }
      boolean frame =
          marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
      if (frame) {
        return new ImageHeader(
            Format.JPEG, data.getShort(at + 7) & 0xffff, data.getShort(at + 5) & 0xffff);
      }
      at += 2 + (data.getShort(at + 2) & 0xffff);
    }
    throw new FormatFault("damaged: the JPEG has no frame header");
  }

  /** Cameras append bytes after the end marker, so it is looked for from the end. */
  private static boolean endsJpeg(ByteBuffer data) {
    for (int at = data.limit() - 2; at >= 2; at--) {
      int marker = data.getShort(at) & 0xffff;
      if (marker == 0xffd9) {
        return true;
      }
      if (marker == 0xffda) {
        return false;
      }
    }
    return false;
  }

  /** All chunks with their checksums (RFC 2083, section 3). */
  private static ImageHeader png(ByteBuffer data) throws FormatFault {
    ImageHeader header = new ImageHeader(Format.PNG, data.getInt(16), data.getInt(20));
    int at = 8;
    while (at + PNG_CHUNK_OVERHEAD <= data.limit()) {
      int length = data.getInt(at);
      if (length < 0 || length > data.limit() - at - PNG_CHUNK_OVERHEAD) {
        break;
      }
      CRC32 crc = new CRC32();
      crc.update(data.array(), at + 4, length + 4);
      if ((int) crc.getValue() != data.getInt(at + 8 + length)) {
        throw new FormatFault("damaged: a PNG checksum does not match");
      }
      if (data.getInt(at + 4) == 0x49454e44) {
        return header;
      }
      at += length + PNG_CHUNK_OVERHEAD;
    }
    throw new FormatFault("cut off: the PNG has no end");
  }

  private static String looksLike(byte[] file) {
    if (file.length == 0) {
      return ": the file is empty";
    }
    String start = new String(file, 0, Math.min(12, file.length), StandardCharsets.ISO_8859_1);
    if (start.startsWith("GIF8")) {
      return " but a GIF; convert it";
    }
    if (start.startsWith("RIFF") && start.endsWith("WEBP")) {
      return " but a WebP; convert it";
    }
    if (start.startsWith("II*") || start.startsWith("MM\0*")) {
      return " but a TIFF; convert it";
    }
    return "";
  }

  /** Why a file is no usable image. */
  static final class FormatFault extends Exception {
    private static final long serialVersionUID = 1L;

    FormatFault(String message) {
      super(message);
    }
  }
}
