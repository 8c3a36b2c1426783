package io.github.repvgg4j.bench.loading;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * JPEG files that cost about what ImageNet's do: 500 x 375 pixels, quality 90, smooth noise on all
 * scales as photographs have it. The same seed gives the same pixels.
 */
public final class Photographs {

  static final int WIDTH = 500;
  static final int HEIGHT = 375;

  private static final int CLASSES = 10;
  private static final float QUALITY = 0.9f;
  private static final int LARGEST_CELL = 256;

  /** Of one scale's amplitude in the next smaller one's. */
  private static final double ROUGHNESS = 0.75;

  private Photographs() {}

  /** {@code train/CLASS/NNNN.jpg}, so many in ten classes, and one test image a class. */
  static void write(Path folder, int count) throws IOException {
    for (String split : new String[] {"train", "test"}) {
      for (int c = 0; c < CLASSES; c++) {
        Files.createDirectories(file(folder, split, c).getParent());
      }
    }
    try {
      IntStream.range(0, count + CLASSES)
          .parallel()
          .forEach(i -> writeJpeg(file(folder, i < count ? "train" : "test", i), i));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The file of an image that {@link #writeNumbered} writes. */
  public static Path numbered(Path folder, int index) {
    return folder.resolve(String.format(Locale.ROOT, "%04d.jpg", index));
  }

  /** {@code NNNN.jpg}, the first so many, where they are missing. */
  public static void writeNumbered(Path folder, int count) throws IOException {
    try {
      IntStream.range(0, count)
          .filter(i -> !Files.exists(numbered(folder, i)))
          .parallel()
          .forEach(i -> writeJpeg(numbered(folder, i), i));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Path file(Path folder, String split, int index) {
    return folder.resolve(
        String.format(Locale.ROOT, "%s/class%d/%04d.jpg", split, index % CLASSES, index));
  }

  private static void writeJpeg(Path file, int seed) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image(seed, WIDTH, HEIGHT), null, null), options);
    } catch (IOException e) {
      throw new UncheckedIOException(new IOException(file + ": cannot be written", e));
    } finally {
      writer.dispose();
    }
  }

  /** Brightness on all scales, colour on the large ones. */
  static BufferedImage image(int seed, int width, int height) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] brightness = new Field(width, height).noise(random, 2, 70);
    float[] red = new Field(width, height).noise(random, 32, 30);
    float[] blue = new Field(width, height).noise(random, 32, 30);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < brightness.length; i++) {
      float grey = 118 + brightness[i];
      int rgb = level(grey + red[i]) << 16 | level(grey) << 8 | level(grey + blue[i]);
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }

  private static int level(float value) {
    return Math.max(0, Math.min(255, Math.round(value)));
  }

  /** Value noise: random numbers on grids whose cells halve, linear in between, added up. */
  private record Field(int width, int height) {

    float[] noise(SplittableRandom random, int smallestCell, double largestAmplitude) {
      float[] sum = new float[width * height];
      double amplitude = largestAmplitude;
      for (int cell = LARGEST_CELL; cell >= smallestCell; cell /= 2) {
        add(random, cell, amplitude, sum);
        amplitude *= ROUGHNESS;
      }
      return sum;
    }

    private void add(SplittableRandom random, int cell, double amplitude, float[] sum) {
      int columns = width / cell + 2;
      float[] grid = new float[columns * (height / cell + 2)];
      for (int i = 0; i < grid.length; i++) {
        grid[i] = (float) (amplitude * (2 * random.nextDouble() - 1));
      }
      for (int y = 0, target = 0; y < height; y++) {
        float v = (float) (y % cell) / cell;
        for (int x = 0; x < width; x++) {
          float u = (float) (x % cell) / cell;
          int corner = y / cell * columns + x / cell;
          float above = grid[corner] + u * (grid[corner + 1] - grid[corner]);
          float left = grid[corner + columns];
          float below = left + u * (grid[corner + columns + 1] - left);
          sum[target++] += above + v * (below - above);
        }
      }
    }
  }
}
