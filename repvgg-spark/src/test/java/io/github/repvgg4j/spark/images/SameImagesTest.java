package io.github.repvgg4j.spark.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.deploy.predict.ImageFiles;
import io.github.repvgg4j.deploy.predict.LabelledImages;
import io.github.repvgg4j.runtime.image.ImageSource;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Training, evaluation, prediction, zips and Spark see the same classes and images. */
class SameImagesTest {

  @TempDir java.nio.file.Path temp;
  private final Configuration hadoop = new Configuration();

  /** This machine's files as those of a cluster: nobody knows that they are local. */
  public static final class Remote extends FilterFileSystem {

    public Remote() {
      super(new RawLocalFileSystem());
    }

    @Override
    public URI getUri() {
      return URI.create("remote:///");
    }

    @Override
    public String getScheme() {
      return "remote";
    }

    @Override
    protected void checkPath(Path path) {}

    @Override
    public Path makeQualified(Path path) {
      return path;
    }

    private static Path local(Path path) {
      return new Path("file:" + path.toUri().getPath());
    }

    private static FileStatus remote(FileStatus status) {
      status.setPath(new Path("remote:" + status.getPath().toUri().getPath()));
      return status;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      return remote(fs.getFileStatus(local(path)));
    }

    @Override
    public RemoteIterator<FileStatus> listStatusIterator(Path path) throws IOException {
      RemoteIterator<FileStatus> statuses = fs.listStatusIterator(local(path));
      return new RemoteIterator<>() {
        @Override
        public boolean hasNext() throws IOException {
          return statuses.hasNext();
        }

        @Override
        public FileStatus next() throws IOException {
          return remote(statuses.next());
        }
      };
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
      return fs.open(local(path), bufferSize);
    }
  }

  @Test
  @Timeout(120)
  void fiftyRandomTrees() throws IOException {
    trees(50);
  }

  @Tag("proof")
  @Test
  @Timeout(1800)
  void aThousandRandomTrees() throws IOException {
    trees(1000);
  }

  private void trees(int count) throws IOException {
    hadoop.set("fs.remote.impl", Remote.class.getName());
    int linked = 0;
    for (int seed = 0; seed < count; seed++) {
      boolean links = seed % 2 == 0;
      java.nio.file.Path root = temp.resolve("tree " + seed);
      RandomTree tree = RandomTree.write(seed, root, links);
      String where = "tree " + seed;
      onOneMachine(where, tree, root, tree.parts);
      predicted(where, tree.everything, root);
      onCluster(where, tree, "file:" + root.toAbsolutePath(), tree.parts);
      java.nio.file.Path zip = tree.zip(temp.resolve("tree " + seed + ".zip"));
      onOneMachine(where + ".zip", tree, zip, unlinked(tree));
      predicted(where + ".zip", tree.unlinked, zip);
      if (!links) {
        onCluster(where + " remote", tree, "remote:" + root.toAbsolutePath(), tree.parts);
      }
      linked += tree.everything.size() - tree.unlinked.size();
    }
    assertThat(linked).as("images behind links").isGreaterThan(count / 2);
  }

  private static Map<String, TreeMap<String, TreeSet<String>>> unlinked(RandomTree tree) {
    Map<String, TreeMap<String, TreeSet<String>>> parts = new TreeMap<>();
    tree.parts.forEach(
        (part, classes) -> {
          parts.put(part, new TreeMap<>());
          classes.forEach(
              (label, names) -> {
                TreeSet<String> left = new TreeSet<>(names);
                left.retainAll(tree.unlinked);
                parts.get(part).put(label, left);
              });
        });
    return parts;
  }

  private void onOneMachine(
      String where,
      RandomTree tree,
      java.nio.file.Path path,
      Map<String, TreeMap<String, TreeSet<String>>> expected)
      throws IOException {
    boolean both = expected.containsKey("val") && expected.containsKey("test");
    String chooser = expected.containsKey("val") ? "val" : "test";
    try (ImageData data = ImageData.open(path)) {
      assertThat(data.labels()).as(where).containsExactlyElementsOf(expected.get("train").keySet());
      assertThat(names(data.train())).as(where).isEqualTo(inOrder(expected.get("train")));
      assertThat(labels(data.train(), data.labels())).as(where).isEqualTo(expected.get("train"));
      assertThat(names(data.test())).as(where).isEqualTo(inOrder(expected.get(chooser)));
      assertThat(labels(data.test(), data.labels())).as(where).isEqualTo(expected.get(chooser));
      assertThat(data.finalTest().map(SameImagesTest::names).orElse(null))
          .as(where)
          .isEqualTo(both ? inOrder(expected.get("test")) : null);
    }
    String evaluated = expected.containsKey("test") ? "test" : "val";
    String prefix = path.toString().endsWith(".zip") ? path + "!" : path + "/";
    try (LabelledImages data = LabelledImages.open(path, List.of())) {
      assertThat(data.labels())
          .as(where)
          .containsExactlyElementsOf(expected.get(evaluated).keySet());
      assertThat(composed(data.images(), prefix))
          .as(where)
          .isEqualTo(inOrder(expected.get(evaluated)));
    }
  }

  private void predicted(String where, TreeSet<String> expected, java.nio.file.Path path)
      throws IOException {
    String prefix = path.toString().endsWith(".zip") ? path + "!" : path + "/";
    try (ImageFiles files = ImageFiles.find(List.of(path))) {
      assertThat(composed(files.images(), prefix)).as(where).containsExactlyElementsOf(expected);
    }
  }

  private void onCluster(
      String where,
      RandomTree tree,
      String location,
      Map<String, TreeMap<String, TreeSet<String>>> expected)
      throws IOException {
    String chooser = expected.containsKey("val") ? "val" : "test";
    ImageSet.Training data = ImageSet.forTraining(location, ImageData.Options.PLAIN, hadoop);
    assertThat(refs(data.train())).as(where).isEqualTo(inOrder(expected.get("train")));
    assertThat(refs(data.test())).as(where).isEqualTo(inOrder(expected.get(chooser)));
    TreeMap<String, TreeSet<String>> labels = new TreeMap<>();
    data.train()
        .forEach(ref -> labels.computeIfAbsent(ref.label(), l -> new TreeSet<>()).add(ref.name()));
    assertThat(labels).as(where).isEqualTo(expected.get("train"));
    String evaluated = expected.containsKey("test") ? "test" : "val";
    assertThat(refs(ImageSet.labelled(location, hadoop).images()))
        .as(where)
        .isEqualTo(inOrder(expected.get(evaluated)));
    assertThat(refs(ImageSet.list(location, hadoop).images()))
        .as(where)
        .containsExactlyElementsOf(tree.everything);
  }

  private static List<String> refs(List<ImageRef> refs) {
    return refs.stream().map(ImageRef::name).toList();
  }

  /** Class after class, each by name: code units, as {@link String#compareTo} has them. */
  private static List<String> inOrder(TreeMap<String, TreeSet<String>> classes) {
    List<String> names = new ArrayList<>();
    classes.values().forEach(names::addAll);
    return names;
  }

  private static List<String> names(ImageSplit split) {
    return IntStream.range(0, split.size()).mapToObj(split::name).toList();
  }

  private static TreeMap<String, TreeSet<String>> labels(ImageSplit split, List<String> labels) {
    TreeMap<String, TreeSet<String>> byLabel = new TreeMap<>();
    for (int i = 0; i < split.size(); i++) {
      byLabel.computeIfAbsent(labels.get(split.label(i)), l -> new TreeSet<>()).add(split.name(i));
    }
    return byLabel;
  }

  private static List<String> composed(ImageSource images, String prefix) {
    return IntStream.range(0, images.size())
        .mapToObj(images::name)
        .map(name -> name.substring(prefix.length()))
        .map(name -> java.text.Normalizer.normalize(name, java.text.Normalizer.Form.NFC))
        .toList();
  }
}
