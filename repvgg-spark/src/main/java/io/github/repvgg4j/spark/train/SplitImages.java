package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.BadImageException;
import io.github.repvgg4j.data.DataIdentity;
import io.github.repvgg4j.data.ImageSplit;
import io.github.repvgg4j.spark.images.ImageBytes;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.spark.images.ImageSet;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A data set: {@code train/} and {@code test/} (or {@code val/}), each a folder of images or what
 * {@code pack} made of one.
 *
 * @param labels the network's outputs in order
 */
record SplitImages(List<ImageRef> train, List<ImageRef> test, List<String> labels) {

  /**
   * @throws IOException one line: which folder, what is wrong
   */
  static SplitImages list(String location, Configuration hadoop) throws IOException {
    Path root = new Path(location);
    FileSystem files = root.getFileSystem(hadoop);
    if (files.exists(root) && files.getFileStatus(root).isFile()) {
      throw new IOException(
          location + ": is a file; a cluster reads folders: unpack it, then make shards by 'pack'");
    }
    String test = files.exists(new Path(root, "test")) ? "test" : "val";
    ImageSet trainSet = ImageSet.list(location + "/train", hadoop);
    ImageSet testSet = ImageSet.list(location + "/" + test, hadoop);
    List<String> labels = trainSet.labels();
    if (!labels.equals(testSet.labels())) {
      throw new IOException(
          location
              + ": train/ and "
              + test
              + "/ have other classes: "
              + labels
              + " and "
              + testSet.labels());
    }
    return new SplitImages(trainSet.images(), testSet.images(), labels);
  }

  /** What a run that goes on must find again. */
  DataIdentity identity(Configuration hadoop) {
    Map<String, ImageSplit> splits = new LinkedHashMap<>();
    splits.put("train", split(train, hadoop));
    splits.put("test", split(test, hadoop));
    return DataIdentity.of(labels, splits);
  }

  /** The test images as one machine sees them. */
  ImageSplit testSplit(Configuration hadoop) {
    return split(test, hadoop);
  }

  private ImageSplit split(List<ImageRef> images, Configuration hadoop) {
    return ImageSplit.of(
        images.stream().map(ImageRef::name).toList(),
        images.stream().mapToInt(ref -> labels.indexOf(ref.label())).toArray(),
        (index, name) -> {
          try {
            return ImageBytes.read(images.get(index), hadoop);
          } catch (BadImageException e) {
            throw e;
          } catch (IOException e) {
            throw new BadImageException(name, e.getMessage());
          }
        });
  }
}
