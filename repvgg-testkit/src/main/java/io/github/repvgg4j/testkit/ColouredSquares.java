package io.github.repvgg4j.testkit;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Images that show several things at once, or nothing: squares of up to three colours at random
 * places on noise, and a table that names the colours of each.
 */
public final class ColouredSquares {

  private static final List<String> COLOURS = List.of("blue", "green", "red");
  private static final int SIDE = 16;
  private static final int SQUARE = 5;

  private ColouredSquares() {}

  /**
   * Writes the images and the table {@code squares.csv}.
   *
   * @return the table
   */
  public static Path write(Path folder, int train, int test) throws IOException {
    Random random = new Random(3);
    List<String> lines = new ArrayList<>(List.of("path,label,split"));
    for (int i = 0; i < train + test; i++) {
      List<String> shown = new ArrayList<>();
      BufferedImage image = noise(random);
      for (int c = 0; c < COLOURS.size(); c++) {
        if (random.nextDouble() < (c == 0 ? 0.25 : 0.5)) {
          shown.add(0, COLOURS.get(c)); // in any order
          paint(image, c, random);
        }
      }
      String name = i + ".png";
      ImageIO.write(image, "png", folder.resolve(name).toFile());
      lines.add(name + "," + String.join(" | ", shown) + "," + (i < train ? "train" : "test"));
    }
    return Files.write(folder.resolve("squares.csv"), lines, StandardCharsets.UTF_8);
  }

  private static BufferedImage noise(Random random) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.setRGB(x, y, 0x010101 * (60 + random.nextInt(80)));
      }
    }
    return image;
  }

  private static void paint(BufferedImage image, int colour, Random random) {
    int left = random.nextInt(SIDE - SQUARE);
    int top = random.nextInt(SIDE - SQUARE);
    for (int y = top; y < top + SQUARE; y++) {
      for (int x = left; x < left + SQUARE; x++) {
        image.setRGB(x, y, 0xd0 << 8 * colour);
      }
    }
  }
}
