package io.github.repvgg4j.data.decode;

import io.github.repvgg4j.data.format.FormatFault;
import io.github.repvgg4j.data.image.RgbImage;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * What Java's image readers give, as RGB: stored values, without colour profiles, the higher byte
 * of 16 bits, transparency dropped.
 */
final class Rasters {

  private Rasters() {}

  static RgbImage rgb(BufferedImage picture) throws FormatFault {
    ColorModel colours = picture.getColorModel();
    Raster raster = picture.getRaster();
    if (colours instanceof IndexColorModel palette) {
      return fromPalette(raster, palette);
    }
    if (colours.isAlphaPremultiplied()) {
      return fromColourModel(picture);
    }
    int bits = raster.getTransferType() == DataBuffer.TYPE_BYTE ? 8 : 16;
    boolean plain = raster.getSampleModel().getSampleSize(0) == bits;
    return switch (plain ? colours.getColorSpace().getType() : -1) {
      case ColorSpace.TYPE_GRAY -> fromBands(raster, bits - 8, 0, 0, 0);
      case ColorSpace.TYPE_RGB -> fromBands(raster, bits - 8, 0, 1, 2);
      case ColorSpace.TYPE_CMYK -> fromInks(raster, bits - 8);
      default -> fromColourModel(picture);
    };
  }

  private static RgbImage fromBands(Raster raster, int shift, int... bands) {
    RgbImage result = RgbImage.black(raster.getWidth(), raster.getHeight());
    int[] row = new int[raster.getWidth()];
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < result.height(); y++) {
        raster.getSamples(0, y, row.length, 1, bands[c], row);
        int at = 3 * y * row.length + c;
        for (int value : row) {
          result.pixels()[at] = (byte) (value >> shift);
          at += 3;
        }
      }
    }
    return result;
  }

  private static RgbImage fromPalette(Raster raster, IndexColorModel palette) {
    RgbImage result = RgbImage.black(raster.getWidth(), raster.getHeight());
    int[] row = new int[raster.getWidth()];
    int at = 0;
    for (int y = 0; y < result.height(); y++) {
      for (int index : raster.getSamples(0, y, row.length, 1, 0, row)) {
        at = put(result, at, index < palette.getMapSize() ? palette.getRGB(index) : 0);
      }
    }
    return result;
  }

  private static int put(RgbImage image, int at, int rgb) {
    image.pixels()[at] = (byte) (rgb >> 16);
    image.pixels()[at + 1] = (byte) (rgb >> 8);
    image.pixels()[at + 2] = (byte) rgb;
    return at + 3;
  }

  /** Ink, 0 for none: {@code (255 - ink) (255 - black) / 255}, as Pillow. */
  static RgbImage fromInks(Raster raster, int shift) throws FormatFault {
    if (raster.getNumBands() < 4) {
      throw new FormatFault("damaged: has " + raster.getNumBands() + " inks, not 4");
    }
    RgbImage result = RgbImage.black(raster.getWidth(), raster.getHeight());
    int[] row = new int[raster.getNumBands() * raster.getWidth()];
    int at = 0;
    for (int y = 0; y < result.height(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int x = 0; x < row.length; x += raster.getNumBands()) {
        int white = 255 - (row[x + 3] >> shift);
        for (int c = 0; c < 3; c++) {
          int product = (row[x + c] >> shift) * white + 128;
          result.pixels()[at++] = (byte) (white - (product + (product >> 8) >> 8));
        }
      }
    }
    return result;
  }

  private static RgbImage fromColourModel(BufferedImage picture) {
    RgbImage result = RgbImage.black(picture.getWidth(), picture.getHeight());
    int[] row = new int[picture.getWidth()];
    int at = 0;
    for (int y = 0; y < result.height(); y++) {
      for (int rgb : picture.getRGB(0, y, row.length, 1, row, 0, row.length)) {
        at = put(result, at, rgb);
      }
    }
    return result;
  }
}
