package io.github.repvgg4j.data.set;

import io.github.repvgg4j.archive.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What two data sets share that lead to the same training: classes, and of each class the names,
 * sizes and order of its images. What is in the images is not read.
 *
 * @param labels in the order of the network's outputs
 * @param splits by name; for each the images of each class, in the order of the labels
 */
public record DataIdentity(List<String> labels, Map<String, List<ClassImages>> splits) {

  private static final int NAMED_CHANGES = 3;

  public DataIdentity {
    labels = List.copyOf(labels);
    splits = new LinkedHashMap<>(splits);
  }

  /**
   * The images of one class in one split.
   *
   * @param images how many
   * @param sha256 of their names and sizes in order
   */
  public record ClassImages(int images, String sha256) {}

  /**
   * @param test by which the best epoch is chosen
   * @param finalTest tested at the end, if any
   */
  public static DataIdentity of(
      List<String> labels, ImageSplit train, ImageSplit test, Optional<ImageSplit> finalTest) {
    Map<String, List<ClassImages>> splits = new LinkedHashMap<>();
    splits.put("train", classes(labels.size(), train));
    splits.put(finalTest.isPresent() ? "val" : "test", classes(labels.size(), test));
    finalTest.ifPresent(split -> splits.put("test", classes(labels.size(), split)));
    return new DataIdentity(labels, splits);
  }

  private static List<ClassImages> classes(int count, ImageSplit split) {
    int[] images = new int[count];
    List<MessageDigest> digests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      digests.add(Sha256.digest());
    }
    for (int i = 0; i < split.size(); i++) {
      int[] own = split.labels(i);
      for (int c : own) {
        images[c]++;
        add(digests.get(c), split, i);
      }
      if (own.length == 0) { // an image of no class tells of each what it is not
        for (MessageDigest digest : digests) {
          add(digest, split, i);
        }
      }
    }
    List<ClassImages> classes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      classes.add(new ClassImages(images[i], HexFormat.of().formatHex(digests.get(i).digest())));
    }
    return classes;
  }

  private static void add(MessageDigest digest, ImageSplit split, int image) {
    byte[] name = split.name(image).getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(12).putInt(name.length).putLong(split.length(image)).flip());
    digest.update(name);
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(split.length(image)).flip());
  }

  /** One hash of all of it, hexadecimal. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    digest.update(toString().getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * In words, what is no longer as it was in {@code earlier}, the first few changes; empty where
   * nothing is.
   */
  public Optional<String> changesSince(DataIdentity earlier) {
    List<String> changes = labels.equals(earlier.labels) ? imageChanges(earlier) : classes(earlier);
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    int more = changes.size() - NAMED_CHANGES;
    return Optional.of(
        String.join("; ", changes.subList(0, Math.min(NAMED_CHANGES, changes.size())))
            + (more > 0 ? "; and " + more + " more changes" : ""));
  }

  private List<String> classes(DataIdentity earlier) {
    TreeSet<String> gone = new TreeSet<>(earlier.labels);
    labels.forEach(gone::remove);
    TreeSet<String> added = new TreeSet<>(labels);
    earlier.labels.forEach(added::remove);
    List<String> changes = new ArrayList<>();
    if (gone.size() == 1 && added.size() == 1) {
      changes.add("class " + gone.first() + " is now called " + added.first());
      return changes;
    }
    gone.forEach(label -> changes.add("class " + label + " is gone"));
    added.forEach(label -> changes.add("class " + label + " is new"));
    if (changes.isEmpty()) {
      changes.add("the classes come in another order");
    }
    return changes;
  }

  private List<String> imageChanges(DataIdentity earlier) {
    List<String> changes = new ArrayList<>();
    splits.forEach(
        (name, now) -> {
          List<ClassImages> before = earlier.splits.get(name);
          if (before == null) {
            changes.add(name + "/ is new");
            return;
          }
          for (int i = 0; i < labels.size(); i++) {
            change(name + "/" + labels.get(i), before.get(i), now.get(i)).ifPresent(changes::add);
          }
        });
    earlier.splits.keySet().stream()
        .filter(name -> !splits.containsKey(name))
        .forEach(name -> changes.add(name + "/ is gone"));
    return changes;
  }

  private static Optional<String> change(String where, ClassImages before, ClassImages now) {
    if (before.images != now.images) {
      return Optional.of(where + " holds " + now.images + " images, it held " + before.images);
    }
    return before.sha256.equals(now.sha256)
        ? Optional.empty()
        : Optional.of(where + " holds images of other names or sizes");
  }
}
