package io.github.repvgg4j.data.format;

/**
 * Width and height that a file claims, within what is decoded.
 *
 * @param width pixels
 * @param height pixels
 */
public record ImageSize(int width, int height) {

  /** Larger images are not decoded: 100 megapixels, 300 MB of memory. */
  static final long MAX_PIXELS = 100_000_000;

  /** Longer sides are not decoded, whatever the other side is; libpng's limit. */
  static final int MAX_SIDE = 1_000_000;

  static ImageSize of(long width, long height) throws FormatFault {
    String claim = width + " x " + height + " pixels";
    if (width < 1 || height < 1) {
      throw new FormatFault("damaged: claims " + claim);
    }
    if (width > MAX_SIDE || height > MAX_SIDE) {
      throw new FormatFault("claims " + claim + ", a side longer than " + MAX_SIDE);
    }
    if (width * height > MAX_PIXELS) {
      throw new FormatFault("claims " + claim + ", more than " + MAX_PIXELS);
    }
    return new ImageSize((int) width, (int) height);
  }
}
