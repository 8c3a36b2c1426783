package io.github.repvgg4j.spark.images;

import io.github.repvgg4j.data.listing.FileTree;
import io.github.repvgg4j.data.listing.ListedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A tree in which what {@link ImagePacker} made looks like the folder that it was made of. */
final class PackedTree implements FileTree {

  private final FileTree base;
  private final FileSystem files;
  private final Path root;
  private final Configuration hadoop;
  private final Map<String, Packed> packed = new HashMap<>();

  /** Images by location below the packed folder, and what lies in each folder. */
  private record Packed(Map<String, ImageRef> images, Map<String, List<Entry>> folders) {}

  PackedTree(FileSystem files, Path root, Configuration hadoop) {
    this.base = HadoopTree.of(files, root);
    this.files = files;
    this.root = root;
    this.hadoop = hadoop;
  }

  @Override
  public List<Entry> entries(String folder) throws IOException {
    String holder = holder(folder);
    if (holder != null) {
      return packed.get(holder).folders.getOrDefault(below(holder, folder), List.of());
    }
    List<Entry> entries = base.entries(folder);
    boolean hasIndex =
        entries.stream().anyMatch(e -> e.name().equals(PackedIndex.FILE) && e.kind() == Kind.FILE);
    Path path = HadoopTree.path(root, folder);
    if (!hasIndex || !PackedIndex.isIn(files, path)) {
      return entries;
    }
    packed.put(folder, packed(PackedIndex.read(files, path)));
    return entries(folder);
  }

  private static Packed packed(List<ImageRef> refs) {
    Packed packed = new Packed(new HashMap<>(), new HashMap<>());
    packed.folders.put("", new ArrayList<>());
    for (ImageRef ref : refs) {
      packed.images.put(ref.name(), ref);
      int slash = ref.name().lastIndexOf('/');
      folder(packed, slash < 0 ? "" : ref.name().substring(0, slash))
          .add(Entry.file(ref.name().substring(slash + 1), ref.length()));
    }
    return packed;
  }

  private static List<Entry> folder(Packed packed, String location) {
    List<Entry> known = packed.folders.get(location);
    if (known != null) {
      return known;
    }
    int slash = location.lastIndexOf('/');
    folder(packed, slash < 0 ? "" : location.substring(0, slash))
        .add(Entry.folder(location.substring(slash + 1)));
    List<Entry> made = new ArrayList<>();
    packed.folders.put(location, made);
    return made;
  }

  /** The packed folder that a location is, or lies in; null for none. */
  private String holder(String location) {
    for (String folder : packed.keySet()) {
      if (folder.isEmpty() || location.equals(folder) || location.startsWith(folder + "/")) {
        return folder;
      }
    }
    return null;
  }

  private static String below(String holder, String location) {
    return holder.isEmpty() || location.equals(holder)
        ? location.substring(holder.length())
        : location.substring(holder.length() + 1);
  }

  /** Where the bytes of a listed image lie. */
  ImageRef ref(ListedImage image, String label) {
    String holder = holder(image.location());
    if (holder == null) {
      String file = HadoopTree.path(root, image.location()).toString();
      return ImageRef.ofFile(file, image.name(), label);
    }
    ImageRef ref = packed.get(holder).images.get(below(holder, image.location()));
    return new ImageRef(
        ref.file(), ref.offset(), ref.length(), ref.checksum(), image.name(), label);
  }

  @Override
  public Optional<Entry> entry(String location) throws IOException {
    return base.entry(location);
  }

  @Override
  public InputStream open(String file) throws IOException {
    return holder(file) == null
        ? base.open(file)
        : new ByteArrayInputStream(ImageBytes.read(ref(ListedImage.at(file, -1), ""), hadoop));
  }

  @Override
  public String realPath() throws IOException {
    return base.realPath();
  }

  @Override
  public String shown(String location) {
    return base.shown(location);
  }
}
