package io.github.repvgg4j.data.format;

/** Formats that are read. */
public enum ImageFormat {
  JPEG,
  PNG,
  BMP,
  WEBP,
  GIF,
  TIFF
}
