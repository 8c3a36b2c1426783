package io.github.repvgg4j.spark.images;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A data set as people have them: odd names, litter, nested folders, links. It knows what a reader
 * should see of it, from how it was made and not from how it is read.
 */
final class RandomTree {

  private static final String[] CLASSES = {
    "ant",
    "Bee",
    "_other",
    "na\u00efve",
    "\u732b",
    "two words",
    "v1.0",
    "100%",
    "a+b",
    "x#y",
    "a-b",
    "a",
    "caf\u00e9 ol\u00e9",
    "q'uote",
    "\ud83d\udc1d"
  };
  private static final String[] TRAIN = {"train", "Train", "TRAIN", "training"};
  private static final String[] TEST = {"test", "Test", "testing"};
  private static final String[] VAL = {"val", "valid", "Validation"};
  private static final String[] WRAPPERS = {"", "", "data", "my set/v2"};
  private static final String[] ENDINGS = {
    ".jpg", ".JPG", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".heic"
  };
  private static final String[] STEMS = {
    "1",
    "10",
    "2",
    "img 1",
    "\u00e9t\u00e9",
    "a:b",
    "100%",
    "x#1",
    "a+b",
    "semi;colon",
    "q?",
    "star*",
    "\u732b",
    "t\ttab",
    "\"quoted\"",
    "back~",
    "0001",
    "-",
    "[b]",
    "{c}",
    "&",
    "=",
    "@"
  };
  private static final String[] LITTER = {
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
    "Icon\r",
    "._1.jpg",
    "notes.txt",
    "1.xml",
    "labels.csv",
    "x.json",
    "README",
    "clip.mp4",
    ".hidden.jpg",
    "ehthumbs.db"
  };
  private static final String[] LITTER_FOLDERS = {
    "__MACOSX", "@eaDir", ".ipynb_checkpoints", "$RECYCLE.BIN", "lost+found"
  };
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 16};

  private final Random random;
  private final Path root;
  private final boolean links;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  /** Names of the images by class, for each part; in composed Unicode, from the root on. */
  final Map<String, TreeMap<String, TreeSet<String>>> parts = new TreeMap<>();

  /** The same of those that do not lie behind a link to a folder. */
  final TreeSet<String> unlinked = new TreeSet<>();

  /** Everything that looks like an image, also outside the classes. */
  final TreeSet<String> everything = new TreeSet<>();

  private int made;

  private RandomTree(long seed, Path root, boolean links) {
    this.random = new Random(seed);
    this.root = root;
    this.links = links;
  }

  /**
   * @param links whether links are among it
   */
  static RandomTree write(long seed, Path root, boolean links) throws IOException {
    RandomTree tree = new RandomTree(seed, root, links);
    tree.write();
    return tree;
  }

  private void write() throws IOException {
    String wrapper = pick(WRAPPERS);
    String prefix = wrapper.isEmpty() ? "" : wrapper + "/";
    List<String> classes = new ArrayList<>();
    for (String label : CLASSES) {
      if (random.nextInt(3) == 0) {
        classes.add(label);
      }
    }
    classes.add("base");
    part("train", prefix + pick(TRAIN), classes);
    if (random.nextBoolean()) {
      part("val", prefix + pick(VAL), classes);
    }
    if (random.nextBoolean() || !parts.containsKey("val")) {
      part("test", prefix + pick(TEST), classes);
    }
    litter(prefix);
    litter("");
    if (random.nextInt(3) == 0) {
      file(prefix + "annotations/1.xml", "<x/>".getBytes(StandardCharsets.UTF_8));
    }
  }

  private String pick(String[] some) {
    return some[random.nextInt(some.length)];
  }

  private String spelled(String name) {
    boolean decomposed = random.nextInt(3) == 0;
    return Normalizer.normalize(name, decomposed ? Normalizer.Form.NFD : Normalizer.Form.NFC);
  }

  private static String composed(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  private void part(String part, String folder, List<String> classes) throws IOException {
    parts.put(part, new TreeMap<>());
    for (String label : classes) {
      String classFolder = folder + "/" + spelled(label);
      parts.get(part).put(composed(label), new TreeSet<>());
      int images = 1 + random.nextInt(4);
      for (int i = 0; i < images; i++) {
        String nested = random.nextInt(4) == 0 ? "deep/" + pick(STEMS).replace("?", "") + "/" : "";
        image(part, label, classFolder + "/" + nested);
      }
      litter(classFolder + "/");
      if (links) {
        link(part, label, classFolder);
      }
    }
    litter(folder + "/");
    if (random.nextInt(4) == 0) {
      String stray = folder + "/stray.png";
      file(stray, JPEG);
      everything.add(composed(stray));
      unlinked.add(composed(stray));
    }
  }

  private void image(String part, String label, String folder) throws IOException {
    String name = spelled(pick(STEMS)) + made++;
    boolean bare = random.nextInt(6) == 0;
    String path = folder + (bare ? name : name + pick(ENDINGS));
    file(path, bare ? JPEG : ("" + made).getBytes(StandardCharsets.UTF_8));
    expect(part, label, path);
    unlinked.add(composed(path));
  }

  private void expect(String part, String label, String path) {
    parts.get(part).get(composed(label)).add(composed(path));
    everything.add(composed(path));
  }

  private void litter(String folder) throws IOException {
    while (random.nextInt(3) > 0) {
      String name = pick(LITTER);
      if (random.nextInt(4) == 0) {
        name = pick(LITTER_FOLDERS) + "/train/base/x" + made++ + ".jpg";
      }
      file(folder + name, "litter".getBytes(StandardCharsets.UTF_8));
    }
  }

  private void file(String path, byte[] content) throws IOException {
    Path target = root.resolve(path);
    Files.createDirectories(target.getParent());
    Files.write(target, content);
    files.put(path, content);
  }

  private void link(String part, String label, String folder) throws IOException {
    Path at = root.resolve(folder);
    switch (random.nextInt(8)) {
      case 0 -> {
        Files.createSymbolicLink(at.resolve("self"), Path.of("."));
        Files.createSymbolicLink(at.resolve("self too"), Path.of("."));
      }
      case 1 -> Files.createSymbolicLink(at.resolve("up"), Path.of(".."));
      case 2 -> Files.createSymbolicLink(at.resolve("above"), root.toAbsolutePath().getParent());
      case 3 -> {
        Files.createSymbolicLink(at.resolve("gone"), Path.of("nowhere"));
        Files.createSymbolicLink(at.resolve("gone.jpg"), Path.of("nowhere"));
        expect(part, label, folder + "/gone.jpg");
      }
      case 4 -> {
        Path shared = shared();
        for (String name : List.of("shared 1", "shared 2")) {
          Files.createSymbolicLink(at.resolve(name), shared);
          expect(part, label, folder + "/" + name + "/s.png");
          expect(part, label, folder + "/" + name + "/more/t.png");
        }
      }
      case 5 -> {
        Files.createSymbolicLink(at.resolve("linked.png"), shared().resolve("s.png"));
        expect(part, label, folder + "/linked.png");
      }
      case 6 -> {
        Path back = Files.createDirectories(outside("back" + made++));
        Files.createSymbolicLink(back.resolve("home"), at.toAbsolutePath());
        Files.write(back.resolve("b.png"), JPEG);
        Files.createSymbolicLink(at.resolve("round"), back);
        expect(part, label, folder + "/round/b.png");
      }
      default -> {}
    }
  }

  private Path outside(String name) {
    return root.toAbsolutePath().resolveSibling(root.getFileName() + " outside").resolve(name);
  }

  private Path shared() throws IOException {
    Path shared = Files.createDirectories(outside("shared"));
    Files.write(shared.resolve("s.png"), JPEG);
    Files.write(shared.resolve("Thumbs.db"), JPEG);
    Files.createDirectories(shared.resolve("more"));
    Files.write(shared.resolve("more/t.png"), JPEG);
    return shared;
  }

  /** The files of the tree in a zip, in a random order, as several programs would write it. */
  Path zip(Path target) throws IOException {
    boolean windows = random.nextInt(3) == 0;
    List<String> names = new ArrayList<>(files.keySet());
    java.util.Collections.shuffle(names, random);
    try (OutputStream file = Files.newOutputStream(target);
        ZipOutputStream out = new ZipOutputStream(file, StandardCharsets.UTF_8)) {
      if (random.nextBoolean()) {
        out.putNextEntry(new ZipEntry("__MACOSX/train/base/._1.jpg"));
      }
      for (String name : names) {
        out.putNextEntry(new ZipEntry(windows ? name.replace('/', '\\') : name));
        out.write(files.get(name));
      }
    }
    return target;
  }
}
