package io.github.repvgg4j.data.set;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.data.augment.Draw;
import io.github.repvgg4j.data.listing.DataSetListing;
import io.github.repvgg4j.data.picture.Pictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A data set to try things with: PNG files of ten shapes and textures in random colours, places,
 * sizes and noise. Neither colour nor place tells the class, so a linear classifier on the pixels
 * learns little and a convolutional network learns it well. The same options give the same pixels.
 */
public final class GeneratedImages {

  /** Its presence says that the set is whole, and what it was made from. */
  private static final Pattern OWN_FILE =
      Pattern.compile(
          "(train|test)/("
              + Arrays.stream(Motif.values()).map(Motif::folder).collect(Collectors.joining("|"))
              + ")/\\d{4,}\\.png");

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

    String folder() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static int band(double x) {
      return Math.floorMod((int) Math.floor(x / 0.6), 2);
    }

    private static double fraction(double x) {
      return x / 0.9 - Math.floor(x / 0.9);
    }
  }

  /**
   * Where the set goes in a folder that keeps others as well: {@code images}, or, where another set
   * stands there, a name of its own.
   */
  public static Path placeIn(Path folder, Options options) throws IOException {
    Path usual = folder.resolve("images");
    String hash = Sha256.of(options.toString().getBytes(UTF_8)).substring(0, 8);
    return !Files.exists(usual) || isMadeFrom(usual, options)
        ? usual
        : folder.resolve("images-" + hash);
  }

  /**
   * Makes {@code folder} hold the set and nothing else. It is written elsewhere and renamed when it
   * is whole; where it stands already, nothing is done.
   *
   * @throws IOException one line: the folder holds anything that was not generated, which is left
   *     as it is; or it can't be written
   */
  public static void write(Path folder, Options options) throws IOException {
    Path target = Files.isDirectory(folder) ? folder.toRealPath() : folder.toAbsolutePath();
    Set<String> found = files(target);
    if (!found.isEmpty()) {
      requireGenerated(folder, target, found);
      if (isMadeFrom(target, options) && found.containsAll(names(options))) {
        return;
      }
    }
    try {
      Path parent = Files.createDirectories(target.getParent());
      try (TemporaryFolder temporary = TemporaryFolder.in(parent, ".generating-")) {
        Path set = Files.createDirectory(temporary.path().resolve("set")); // as the umask says
        writeSet(set, options);
        replace(target, set, temporary.path().resolve("earlier"));
      }
    } catch (IOException e) {
      throw new IOException(folder + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static void replace(Path target, Path set, Path earlier) throws IOException {
    if (Files.exists(target)) {
      Files.move(target, earlier, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(set, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isMadeFrom(Path folder, Options options) throws IOException {
    Path marker = folder.resolve(DataSetListing.GENERATED_MARK);
    return Files.isRegularFile(marker) && Files.readString(marker).equals(options.toString());
  }

  /** All visible files below a folder, relative to it, with {@code /}; none where it is missing. */
  private static Set<String> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .filter(file -> !isLitter(file.getFileName().toString()))
          .map(file -> folder.relativize(file).toString().replace('\\', '/'))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** What file managers leave behind, and our own mark. */
  private static boolean isLitter(String name) {
    return name.startsWith(".") || name.equals("Thumbs.db") || name.equals("desktop.ini");
  }

  private static void requireGenerated(Path folder, Path target, Set<String> found)
      throws IOException {
    boolean marked = Files.isRegularFile(target.resolve(DataSetListing.GENERATED_MARK));
    for (String name : found) {
      if (!marked || !OWN_FILE.matcher(name).matches()) {
        throw new IOException(
            folder
                + ": holds "
                + name
                + ", which was not generated; data.generated writes to a folder of its own only:"
                + " give another data.path, or remove data.generated to train on these images");
      }
    }
  }

  private static Set<String> names(Options options) {
    Set<String> names = new HashSet<>();
    for (Motif motif : Motif.values()) {
      for (int i = 0; i < options.trainPerClass; i++) {
        names.add("train/" + motif.folder() + "/" + fileName(i));
      }
      for (int i = 0; i < options.testPerClass; i++) {
        names.add("test/" + motif.folder() + "/" + fileName(i));
      }
    }
    return names;
  }

  private static void writeSet(Path folder, Options options) throws IOException {
    for (Motif motif : Motif.values()) {
      writeClass(folder.resolve("train"), motif, options, 0, options.trainPerClass);
      writeClass(
          folder.resolve("test"), motif, options, options.trainPerClass, options.testPerClass);
    }
    Files.writeString(folder.resolve(DataSetListing.GENERATED_MARK), options.toString());
  }

  private static void writeClass(Path split, Motif motif, Options options, int first, int count)
      throws IOException {
    Path folder = Files.createDirectories(split.resolve(motif.folder()));
    try {
      IntStream.range(0, count)
          .parallel()
          .forEach(i -> writeImage(folder, i, draw(motif, options, first + i)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void writeImage(Path folder, int number, BufferedImage image) {
    try (OutputStream png = Files.newOutputStream(folder.resolve(fileName(number)))) {
      png.write(Pictures.encoded(image, "png"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String fileName(int number) {
    return String.format(Locale.ROOT, "%04d.png", number);
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
