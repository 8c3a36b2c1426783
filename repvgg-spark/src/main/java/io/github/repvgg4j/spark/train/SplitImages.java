package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.listing.DataSetListing;
import io.github.repvgg4j.data.listing.ListedPart;
import io.github.repvgg4j.data.set.DataIdentity;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spark.images.ImageBytes;
import io.github.repvgg4j.spark.images.ImageRef;
import io.github.repvgg4j.spark.images.ImageSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A data set as one machine sees it, with where its images lie; its parts may each be a folder of
 * images or what {@code pack} made of one.
 */
record SplitImages(
    DataSetListing listing,
    List<ImageRef> train,
    List<ImageRef> test,
    Optional<List<ImageRef>> finalTest) {

  /**
   * @throws IOException one line: what was found, what is wrong
   */
  static SplitImages list(String location, ImageData.Options options, Configuration hadoop)
      throws IOException {
    ImageSet.Training images = ImageSet.forTraining(location, options, hadoop);
    return new SplitImages(images.listing(), images.train(), images.test(), images.finalTest());
  }

  /** The network's outputs in order. */
  List<String> labels() {
    return listing.labels();
  }

  /** What a run that goes on must find again. */
  DataIdentity identity(Configuration hadoop) {
    Optional<ImageSplit> last =
        finalTest.map(images -> split(listing.finalTest().orElseThrow(), images, hadoop));
    return DataIdentity.of(
        labels(), split(listing.train(), train, hadoop), testSplit(hadoop), last);
  }

  /** The test images as one machine sees them. */
  ImageSplit testSplit(Configuration hadoop) {
    return split(listing.test(), test, hadoop);
  }

  private static ImageSplit split(ListedPart part, List<ImageRef> images, Configuration hadoop) {
    return ImageSplit.of(
        part.images(),
        part.classes(),
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
