package io.github.repvgg4j.data.format;

import java.util.Locale;

/** Names what is no image of a format that is read, and says what to do. */
final class OtherFormat {

  private static final String CONVERT = "; convert it to JPEG or PNG";

  private OtherFormat() {}

  static String describe(ByteView data) {
    if (data.length() == 0) {
      return "the file is empty";
    }
    if (allZero(data)) {
      return "damaged: the file holds nothing but zeros";
    }
    String name = name(data);
    if (name != null) {
      return "is " + name + CONVERT;
    }
    String text = data.text(0, 1024).stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "is a web page, not an image; download the image itself";
    }
    if (text.startsWith("version https://git-lfs")) {
      return "is a pointer of Git LFS, not an image; run git lfs pull";
    }
    if (text.startsWith("<svg") || (text.startsWith("<?xml") && text.contains("<svg"))) {
      return "is an SVG drawing" + CONVERT;
    }
    return "not a JPEG, PNG, WebP, GIF, TIFF or BMP image";
  }

  private static boolean allZero(ByteView data) {
    for (byte b : data.bytes()) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static String name(ByteView data) {
    if (data.startsWith(4, "ftyp")) {
      return mediaFile(data);
    }
    if (data.startsWith(0, "\u00ff\n") || data.startsWith(0, "\0\0\0\fJXL ")) {
      return "a JPEG XL image";
    }
    if (data.startsWith(0, "\0\0\0\fjP  ") || data.startsWith(0, "\u00ff\u004f\u00ff\u0051")) {
      return "a JPEG 2000 image";
    }
    if (data.startsWith(0, "8BPS")) {
      return "a Photoshop file";
    }
    if (data.startsWith(0, "FUJIFILMCCD-RAW")
        || data.startsWith(0, "IIRO")
        || data.startsWith(0, "IIRS")
        || data.startsWith(0, "IIU\0")) {
      return "a camera's raw file";
    }
    if (data.startsWith(0, "%PDF")) {
      return "a PDF";
    }
    if (data.startsWith(0, "\0\0\u0001\0")) {
      return "an icon (ICO)";
    }
    if (data.startsWith(0, "v/1\u0001")) {
      return "an OpenEXR image";
    }
    if (data.startsWith(0, "#?RADIANCE")) {
      return "a Radiance HDR image";
    }
    boolean netpbm = data.length() > 2 && data.u8(0) == 'P' && "1234567".indexOf(data.u8(1)) >= 0;
    return netpbm && Character.isWhitespace(data.u8(2)) ? "a Netpbm image" : null;
  }

  /** ISO base media files: the brands behind {@code ftyp}. */
  private static String mediaFile(ByteView data) {
    int length = (int) Math.min(data.u32(0), 256);
    String brands = data.text(8, Math.max(4, length - 8));
    if (brands.contains("avif") || brands.contains("avis")) {
      return "an AVIF image";
    }
    if (brands.startsWith("hei")
        || brands.startsWith("hev")
        || brands.startsWith("mif1")
        || brands.startsWith("msf1")) {
      return "a HEIC image";
    }
    return brands.startsWith("crx ") ? "a camera's raw file" : "a video";
  }
}
