package io.github.repvgg4j.data.listing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Tells an image by the bytes that it begins with, for files whose names do not say. */
final class ImageSignature {

  /** Bytes that are looked at. */
  static final int LENGTH = 18;

  /** Sizes of the header that follows a BMP's file header; "BM" alone begins many texts. */
  private static final Set<Integer> BMP_HEADERS = Set.of(12, 16, 40, 52, 56, 64, 108, 124);

  private static final Set<String> HEIF_BRANDS =
      Set.of("heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "avif", "avis");

  private ImageSignature() {}

  static boolean matches(byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u00ff\u00d8\u00ff") || text.startsWith("\u0089PNG\r\n\u001a\n")) {
      return true;
    }
    if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
      return true;
    }
    if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
      return true;
    }
    if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
      return true;
    }
    if (text.startsWith("ftyp", 4) && text.length() >= 12) {
      return HEIF_BRANDS.contains(text.substring(8, 12));
    }
    return text.startsWith("BM")
        && start.length >= LENGTH
        && BMP_HEADERS.contains(ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt(14));
  }
}
