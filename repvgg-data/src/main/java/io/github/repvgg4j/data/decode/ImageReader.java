package io.github.repvgg4j.data.decode;

import io.github.repvgg4j.data.format.EncodedImage;
import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.format.Orientation;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.jpeg.JpegDecoder;
import io.github.repvgg4j.data.png.PngDecoder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Turns image files into RGB, as {@code docs/image-decoding.md} says: by decoders in Java alone.
 * Grey and palette images become RGB, transparency is dropped, the EXIF orientation is applied.
 * Files that are cut off, damaged or too large are refused by name instead of being decoded to
 * grey. Thread-safe.
 */
public final class ImageReader {

  /** Larger files are not read: 256 MiB. */
  public static final long MAX_FILE_BYTES = 256L << 20;

  /** Larger images are not decoded: 100 megapixels, 300 MB of memory. */
  public static final long MAX_PIXELS = EncodedImage.MAX_PIXELS;

  private ImageReader() {}

  /**
   * Reads and decodes one file.
   *
   * @throws BadImageException when this file is no usable image
   */
  public static RgbImage read(Path file) throws BadImageException {
    return decode(file.toString(), bytes(file));
  }

  /**
   * The content of one file.
   *
   * @throws BadImageException when it cannot be read, or is larger than {@link #MAX_FILE_BYTES}
   */
  public static byte[] bytes(Path file) throws BadImageException {
    String name = file.toString();
    return BadImageException.naming(name, () -> bytes(file, name));
  }

  private static byte[] bytes(Path file, String name) throws BadImageException {
    try {
      if (Files.isDirectory(file)) {
        throw new BadImageException(name, "is a folder, not an image");
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new BadImageException(name, "is larger than " + (MAX_FILE_BYTES >> 20) + " MiB");
      }
      return Files.readAllBytes(file);
    } catch (BadImageException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new BadImageException(name, "no such file");
    } catch (AccessDeniedException e) {
      throw new BadImageException(name, "no permission to read");
    } catch (IOException e) {
      throw new BadImageException(name, "cannot be read: " + e.getMessage());
    }
  }

  /**
   * Decodes the content of a file.
   *
   * @param name for messages
   * @throws BadImageException when the bytes are no usable image
   */
  public static RgbImage decode(String name, byte[] file) throws BadImageException {
    return BadImageException.naming(
        name,
        () -> {
          try {
            return decode(EncodedImage.parse(file));
          } catch (FormatFault e) {
            throw new BadImageException(name, e.getMessage());
          }
        });
  }

  /**
   * Takes the pixels of an image that is decoded already: stored values of grey and RGB images of 8
   * or 16 bits (of 16 the higher byte), what Java's colour model makes of others, as sRGB;
   * transparency is dropped, not blended. A colour profile is not applied, as it is not with files.
   *
   * @param name for messages
   * @throws BadImageException when it is too large or cannot be converted
   */
  public static RgbImage read(String name, BufferedImage image) throws BadImageException {
    if ((long) image.getWidth() * image.getHeight() > MAX_PIXELS) {
      throw new BadImageException(
          name,
          image.getWidth() + " x " + image.getHeight() + " pixels are more than " + MAX_PIXELS);
    }
    return BadImageException.naming(
        name,
        () -> {
          try {
            return Rasters.rgb(image);
          } catch (FormatFault e) {
            throw new BadImageException(name, e.getMessage());
          }
        });
  }

  private static RgbImage decode(EncodedImage image) throws FormatFault {
    RgbImage stored =
        switch (image.format()) {
          case JPEG -> rgb(image, JpegDecoder.decode(image.bytes()));
          case PNG -> rgb(image, PngDecoder.decode(image.bytes()));
          case BMP -> BmpDecoder.decode(image.bytes());
          case WEBP, GIF, TIFF -> JavaDecoder.decode(image);
        };
    RgbImage placed = stored.crop(-image.left(), -image.top(), image.width(), image.height());
    return turned(placed, image.orientation());
  }

  /** The stored pixels, turned upright. */
  private static RgbImage turned(RgbImage image, Orientation orientation) {
    if (orientation == Orientation.UPRIGHT) {
      return image;
    }
    boolean transposed = orientation.transposed();
    int width = transposed ? image.height() : image.width();
    int height = transposed ? image.width() : image.height();
    RgbImage result = RgbImage.black(width, height);
    int target = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int column = transposed ? y : x;
        int row = transposed ? x : y;
        int fromX = orientation.columnsReversed() ? image.width() - 1 - column : column;
        int fromY = orientation.rowsReversed() ? image.height() - 1 - row : row;
        System.arraycopy(
            image.pixels(), 3 * (fromY * image.width() + fromX), result.pixels(), target, 3);
        target += 3;
      }
    }
    return result;
  }

  private static RgbImage rgb(EncodedImage image, byte[] pixels) {
    return new RgbImage(image.width(), image.height(), pixels);
  }
}
