package io.github.repvgg4j.data.picture;

import io.github.repvgg4j.answer.ClassMap;
import io.github.repvgg4j.data.image.RgbImage;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures of images and of maps over them. */
public final class Pictures {

  /** How much of a picture under a map is the map. */
  private static final double COLOUR = 0.6;

  private Pictures() {}

  /** The pixels as they are. */
  public static BufferedImage of(RgbImage image) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int rgb = image.value(x, y, 0) << 16 | image.value(x, y, 1) << 8 | image.value(x, y, 2);
        picture.setRGB(x, y, rgb);
      }
    }
    return picture;
  }

  /**
   * A picture whose longer side is at most this many pixels: smaller ones are enlarged by a whole
   * number and keep their pixels, larger ones are reduced.
   */
  public static BufferedImage fitted(BufferedImage picture, int side) {
    int longer = Math.max(picture.getWidth(), picture.getHeight());
    if (longer > side) {
      int width = Math.max(1, picture.getWidth() * side / longer);
      int height = Math.max(1, picture.getHeight() * side / longer);
      return scaled(picture, width, height, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    }
    int times = side / longer;
    return scaled(
        picture,
        times * picture.getWidth(),
        times * picture.getHeight(),
        RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
  }

  private static BufferedImage scaled(BufferedImage from, int width, int height, Object how) {
    if (width == from.getWidth() && height == from.getHeight()) {
      return from;
    }
    BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = to.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, how);
    graphics.drawImage(from, 0, 0, width, height, null);
    graphics.dispose();
    return to;
  }

  /**
   * A map's colours over a grey picture; the smallest number of the map has the first colour, the
   * largest the last.
   *
   * @param picture of the image that the map belongs to, of any size
   */
  public static BufferedImage overlay(BufferedImage picture, ClassMap map) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    double least = map.smallest();
    double range = map.largest() - least;
    BufferedImage result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double heat = map.at((y + 0.5) / height, (x + 0.5) / width) - least;
        result.setRGB(
            x, y, blended(picture.getRGB(x, y), ColourMap.rgb(range == 0 ? 0 : heat / range)));
      }
    }
    return result;
  }

  private static int blended(int under, int over) {
    byte[] pixel = {(byte) (under >> 16), (byte) (under >> 8), (byte) under};
    double grey = (1 - COLOUR) * RgbImage.grey(pixel, 0);
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      rgb = rgb << 8 | (int) Math.round(grey + COLOUR * (over >> shift & 0xff));
    }
    return rgb;
  }

  /**
   * A file's content.
   *
   * @param format such as {@code png} or {@code jpeg}
   */
  public static byte[] encoded(BufferedImage picture, String format) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // Not ImageIO's file cache: there may be no folder for one, and it registers a shutdown hook,
    // too late when a program is being ended.
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(picture, format, out)) {
        throw new IOException("this Java writes no " + format);
      }
    }
    return bytes.toByteArray();
  }
}
