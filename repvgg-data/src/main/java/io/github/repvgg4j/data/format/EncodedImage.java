package io.github.repvgg4j.data.format;

/**
 * An image file that is whole as far as can be told without decoding it: a decoder may take memory
 * for it.
 *
 * @param format which decoder it is for
 * @param width of the stored pixels, before they are turned
 * @param height of the stored pixels
 * @param left where the decoder's picture, an animation's first frame, lies in the image
 * @param top where the decoder's picture lies in the image
 * @param orientation how the stored pixels have to be turned
 * @param bytes what the decoder is given: the file without what stands behind its image
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedImage(
    ImageFormat format,
    int width,
    int height,
    int left,
    int top,
    Orientation orientation,
    byte[] bytes) {

  /** Larger images are not decoded: 100 megapixels, 300 MB of memory. */
  public static final long MAX_PIXELS = ImageSize.MAX_PIXELS;

  static EncodedImage of(
      ImageFormat format, ImageSize size, Orientation orientation, byte[] bytes) {
    return new EncodedImage(format, size.width(), size.height(), 0, 0, orientation, bytes);
  }

  /**
   * Looks at a file.
   *
   * @throws FormatFault the reason why it is no usable image, without the file's name
   */
  public static EncodedImage parse(byte[] file) throws FormatFault {
    ByteView data = new ByteView(file);
    if (data.startsWith(0, "\u00ff\u00d8\u00ff")) {
      return JpegFile.parse(data);
    }
    if (data.startsWith(0, "\u0089PNG\r\n\u001a\n")) {
      return PngFile.parse(data);
    }
    if (data.startsWith(0, "BM")) {
      return BmpFile.parse(data);
    }
    if (data.startsWith(0, "RIFF") && data.startsWith(8, "WEBP")) {
      return WebpFile.parse(data);
    }
    if (data.startsWith(0, "GIF8")) {
      return GifFile.parse(data);
    }
    if (TiffFile.isTiff(data)) {
      return TiffFile.parse(data);
    }
    throw new FormatFault(OtherFormat.describe(data));
  }
}
