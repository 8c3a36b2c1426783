package io.github.repvgg4j.spark.images;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The images of a folder or of a packed set, in the order of their names, so that it is the same on
 * every machine. It is held on the driver: about 200 bytes an image.
 *
 * @param location what was listed
 * @param images sorted by name
 */
public record ImageSet(String location, List<ImageRef> images) {

  public ImageSet {
    images = List.copyOf(images);
  }

  /**
   * Lists a folder of images ({@code class/image.jpg}, any depth) or what {@link ImagePacker} made.
   *
   * @param location {@code file:}, {@code hdfs:}, {@code s3a:} or whatever the cluster can read
   * @throws IOException one line: what is missing or damaged
   */
  public static ImageSet list(String location, Configuration hadoop) throws IOException {
    Path root = new Path(location);
    FileSystem files = root.getFileSystem(hadoop);
    if (!files.exists(root)) {
      throw new IOException(location + ": no such folder");
    }
    Path qualified = files.makeQualified(root);
    List<ImageRef> images =
        files.exists(new Path(qualified, PackedIndex.FILE))
            ? PackedIndex.read(files, qualified)
            : FolderListing.list(files, qualified);
    if (images.isEmpty()) {
      throw new IOException(location + ": holds no images (.jpg, .jpeg, .png, .bmp)");
    }
    return new ImageSet(location, images);
  }

  /** The names of the classes, sorted; empty where images lie in no class folder. */
  public List<String> labels() {
    TreeSet<String> labels = new TreeSet<>();
    images.forEach(image -> labels.add(image.label()));
    labels.remove("");
    return List.copyOf(labels);
  }
}
