package io.github.repvgg4j.spark.images;

import io.github.repvgg4j.data.listing.AllImages;
import io.github.repvgg4j.data.listing.DataSetListing;
import io.github.repvgg4j.data.listing.EvaluationListing;
import io.github.repvgg4j.data.listing.ListedImage;
import io.github.repvgg4j.data.listing.ListedPart;
import io.github.repvgg4j.data.listing.Manifest;
import io.github.repvgg4j.data.set.ImageData;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The images of a folder, of a packed set or of a manifest, listed by the rules of {@link
 * DataSetListing} and in its order. It is held on the driver: about 200 bytes an image.
 *
 * @param location what was listed
 * @param images in order
 * @param notes what a user should hear of it, a line each
 */
public record ImageSet(String location, List<ImageRef> images, List<String> notes) {

  public ImageSet {
    images = List.copyOf(images);
    notes = List.copyOf(notes);
  }

  /** A location with its file system. */
  private record Place(PackedTree tree, Optional<Manifest> manifest) {

    static Place of(String location, Configuration hadoop) throws IOException {
      Path path = new Path(location);
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        throw new IOException(location + ": no such folder");
      }
      FileStatus status = files.getFileStatus(path);
      Path qualified = files.makeQualified(path);
      if (status.isDirectory()) {
        return new Place(new PackedTree(files, qualified, hadoop), Optional.empty());
      }
      if (!Manifest.isName(location)) {
        throw new IOException(
            location
                + ": is a file; a cluster reads folders and manifests: unpack it, then make shards"
                + " by 'pack'");
      }
      try (InputStream in = files.open(path)) {
        Manifest manifest = Manifest.read(location, in);
        PackedTree tree = new PackedTree(files, qualified.getParent(), hadoop);
        return new Place(tree, Optional.of(manifest));
      }
    }
  }

  /** A data set to train on, with where its images lie. */
  public record Training(
      DataSetListing listing,
      List<ImageRef> train,
      List<ImageRef> test,
      Optional<List<ImageRef>> finalTest) {}

  /**
   * Lists all images of a folder ({@code class/image.jpg}, any depth), of what {@link ImagePacker}
   * made, or of a manifest.
   *
   * @param location {@code file:}, {@code hdfs:}, {@code s3a:} or whatever the cluster can read
   * @throws IOException one line: what is missing or damaged
   */
  public static ImageSet list(String location, Configuration hadoop) throws IOException {
    Place place = Place.of(location, hadoop);
    AllImages all =
        place.manifest.isPresent()
            ? AllImages.of(place.tree, place.manifest.get())
            : AllImages.of(place.tree);
    List<ImageRef> images = new ArrayList<>();
    for (int i = 0; i < all.images().size(); i++) {
      images.add(place.tree.ref(all.images().get(i), all.labels().get(i)));
    }
    return new ImageSet(location, images, all.notes());
  }

  /**
   * Lists what is evaluated of a data set: its {@code test} or {@code val} part, or all of one
   * folder of classes.
   */
  public static ImageSet labelled(String location, Configuration hadoop) throws IOException {
    Place place = Place.of(location, hadoop);
    EvaluationListing listing =
        place.manifest.isPresent()
            ? EvaluationListing.of(place.tree, place.manifest.get(), Optional.empty())
            : EvaluationListing.of(place.tree, Optional.empty(), List.of());
    return new ImageSet(
        location, refs(place.tree, listing.part(), listing.labels()), listing.notes());
  }

  /** Lists a data set to train on. */
  public static Training forTraining(
      String location, ImageData.Options options, Configuration hadoop) throws IOException {
    Place place = Place.of(location, hadoop);
    DataSetListing listing =
        place.manifest.isPresent()
            ? DataSetListing.forTraining(place.tree, place.manifest.get(), options.split())
            : DataSetListing.forTraining(place.tree, options.split());
    List<String> labels = listing.labels();
    return new Training(
        listing,
        refs(place.tree, listing.train(), labels),
        refs(place.tree, listing.test(), labels),
        listing.finalTest().map(part -> refs(place.tree, part, labels)));
  }

  private static List<ImageRef> refs(PackedTree tree, ListedPart part, List<String> labels) {
    List<ImageRef> refs = new ArrayList<>();
    for (int i = 0; i < part.images().size(); i++) {
      ListedImage image = part.images().get(i);
      refs.add(tree.ref(image, labels.get(part.classOf(i))));
    }
    return refs;
  }

  /** The names of the classes, sorted; empty where images lie in no class folder. */
  public List<String> labels() {
    TreeSet<String> labels = new TreeSet<>();
    images.forEach(image -> labels.add(image.label()));
    labels.remove("");
    return List.copyOf(labels);
  }
}
