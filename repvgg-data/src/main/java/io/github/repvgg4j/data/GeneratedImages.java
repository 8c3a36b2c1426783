package io.github.repvgg4j.data;

import io.github.repvgg4j.archive.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A data set to try things with: PNG files of ten shapes and textures in random colours, places,
 * sizes and noise. Neither colour nor place tells the class, so a linear classifier on the pixels
 * learns little and a convolutional network learns it well. The same options give the same pixels.
 */
public final class GeneratedImages {

  /** Its presence says that the set is whole, and what it was made from. */
  private static final String MARKER = ".generated";

  private GeneratedImages() {}

  /**
   * How much is generated.
   *
   * @param trainPerClass training images a class
   * @param testPerClass test images a class
   * @param side pixels of both sides
   * @param seed of everything
   */
  public record Options(int trainPerClass, int testPerClass, int side, long seed) {
    public Options {
      if (trainPerClass < 1 || testPerClass < 1 || side < 8) {
        throw new IllegalArgumentException(
            "generated: trainPerClass and testPerClass must be at least 1, side at least 8");
      }
    }
  }

  /** The ten classes: whether (u, v), in units of the shape's radius, belongs to it. */
  private enum Motif {
    CHECKERS,
    CIRCLE,
    CROSS,
    DIAGONALS,
    DOTS,
    HORIZONTALS,
    RING,
    SQUARE,
    TRIANGLE,
    VERTICALS;

    boolean covers(double u, double v) {
      double r2 = u * u + v * v;
      return switch (this) {
        case CHECKERS -> (band(u) + band(v)) % 2 == 0;
        case CIRCLE -> r2 < 1;
        case CROSS ->
            Math.max(Math.abs(u), Math.abs(v)) < 1 && Math.min(Math.abs(u), Math.abs(v)) < 0.33;
        case DIAGONALS -> band((u + v) / Math.sqrt(2)) % 2 == 0;
        case DOTS -> Math.hypot(fraction(u) - 0.5, fraction(v) - 0.5) < 0.33;
        case HORIZONTALS -> band(v) % 2 == 0;
        case RING -> r2 < 1 && r2 > 0.4;
        case SQUARE -> Math.max(Math.abs(u), Math.abs(v)) < 0.85;
        case TRIANGLE -> v < 0.8 && v > -0.9 + 1.9 * Math.abs(u);
        case VERTICALS -> band(u) % 2 == 0;
      };
    }

    private static int band(double x) {
      return Math.floorMod((int) Math.floor(x / 0.6), 2);
    }

    private static double fraction(double x) {
      return x / 0.9 - Math.floor(x / 0.9);
    }
  }

  /** Writes the set below {@code folder} unless the same one already stands there. */
  public static void write(Path folder, Options options) throws IOException {
    Path marker = folder.resolve(MARKER);
    if (Files.isRegularFile(marker) && Files.readString(marker).equals(options.toString())) {
      return;
    }
    for (Motif motif : Motif.values()) {
      writeClass(folder.resolve("train"), motif, options, 0, options.trainPerClass);
      writeClass(
          folder.resolve("test"), motif, options, options.trainPerClass, options.testPerClass);
    }
    AtomicFile.write(marker, options.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void writeClass(Path split, Motif motif, Options options, int first, int count)
      throws IOException {
    Path folder = split.resolve(motif.name().toLowerCase(Locale.ROOT));
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IOException(folder + ": cannot be created: " + e.getMessage(), e);
    }
    try {
      IntStream.range(0, count)
          .parallel()
          .forEach(i -> writeImage(folder, i, draw(motif, options, first + i)));
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void writeImage(Path folder, int number, BufferedImage image) {
    Path file = folder.resolve(String.format(Locale.ROOT, "%04d.png", number));
    try {
      java.io.ByteArrayOutputStream png = new java.io.ByteArrayOutputStream();
      // Not ImageIO's own cache, a temporary file: there may be no folder for one.
      try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
        ImageIO.write(image, "png", out);
      }
      Files.write(file, png.toByteArray());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(
          new IOException(file + ": cannot be written: " + e.getMessage(), e));
    }
  }

  private static BufferedImage draw(Motif motif, Options options, int index) {
    Draw draw = Draw.of(options.seed(), motif.ordinal(), index);
    int side = options.side();
    double radius = side * draw.uniform(0.22, 0.4);
    double centreX = draw.uniform(radius, side - radius);
    double centreY = draw.uniform(radius, side - radius);
    double angle = draw.uniform(-0.2, 0.2);
    double[][] colours = colours(draw);
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double dx = (x + 0.5 - centreX) / radius;
        double dy = (y + 0.5 - centreY) / radius;
        double u = Math.cos(angle) * dx - Math.sin(angle) * dy;
        double v = Math.sin(angle) * dx + Math.cos(angle) * dy;
        image.setRGB(x, y, noisy(colours[motif.covers(u, v) ? 1 : 0], draw));
      }
    }
    return image;
  }

  /** Background and foreground, far enough apart to be told from the noise. */
  private static double[][] colours(Draw draw) {
    while (true) {
      double[][] pair = new double[2][3];
      double distance = 0;
      for (int c = 0; c < 3; c++) {
        pair[0][c] = draw.uniform(20, 235);
        pair[1][c] = draw.uniform(20, 235);
        distance += Math.abs(pair[0][c] - pair[1][c]);
      }
      if (distance > 200) {
        return pair;
      }
    }
  }

  private static int noisy(double[] colour, Draw draw) {
    int rgb = 0;
    for (double value : colour) {
      rgb = rgb << 8 | (int) Math.max(0, Math.min(255, value + 25 * draw.gaussian()));
    }
    return rgb;
  }
}
