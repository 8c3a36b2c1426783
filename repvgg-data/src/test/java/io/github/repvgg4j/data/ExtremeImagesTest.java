package io.github.repvgg4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.ColourJitter;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.image.Resampling;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.listing.ListedImage;
import io.github.repvgg4j.data.load.BadImages;
import io.github.repvgg4j.data.load.BatchLoader;
import io.github.repvgg4j.data.load.ImageBatch;
import io.github.repvgg4j.data.load.TargetMix;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.spec.InputShape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No image takes the others with it, whatever its proportions, and whatever goes wrong with it. */
class ExtremeImagesTest {

  private static final InputShape INPUT = InputShape.square(224);
  private static final ImagePreprocessor PREPROCESSOR =
      new ImagePreprocessor(Preprocessing.IMAGENET, INPUT);

  @ParameterizedTest
  @CsvSource({
    "1, 60000",
    "60000, 1",
    "1, 1",
    "2, 1000000",
    "1000000, 2",
    "1, 1000000",
    "40000, 3",
    "7, 5"
  })
  void everyShapeIsPrepared(int width, int height) throws IOException {
    RgbImage image = ImageReader.decode("a.png", png(width, height));
    RgbImage fitted = PREPROCESSOR.fit(image);
    assertThat(fitted.width()).isEqualTo(224);
    assertThat(fitted.value(111, 111, 1)).as("the middle of the picture").isBetween(126, 129);
    assertThat(fitted.value(112, 112, 1)).isBetween(126, 129);
  }

  @Test
  void partIsToTheBitWhatCroppingTheWholeGives() {
    Random random = new Random(8);
    for (int i = 0; i < 200; i++) {
      RgbImage image = noise(1 + random.nextInt(60), 1 + random.nextInt(60), random);
      int side = 4 + random.nextInt(40);
      double fraction = 0.3 + 0.7 * random.nextDouble();
      RgbImage part =
          new ImagePreprocessor(
                  Preprocessing.IMAGENET.withCropFraction(fraction), InputShape.square(side))
              .fit(image);
      assertThat(part.pixels()).isEqualTo(cropOfTheWhole(image, side, fraction).pixels());
    }
  }

  /** torchvision's Resize and CenterCrop, one after the other. */
  private static RgbImage cropOfTheWhole(RgbImage image, int side, double fraction) {
    int cover = (int) (side / fraction + 1e-9);
    boolean upright = image.height() >= image.width();
    int width = upright ? cover : (int) ((long) cover * image.width() / image.height());
    int height = upright ? (int) ((long) cover * image.height() / image.width()) : cover;
    return Resampling.resize(image, width, height)
        .crop(
            (int) Math.rint((width - side) / 2.0),
            (int) Math.rint((height - side) / 2.0),
            side,
            side);
  }

  @Test
  void loaderTakesThinImagesWithEveryAugmentation() throws IOException {
    List<Augmentation> all =
        List.of(
            new Augmentation.ResizedCrop(0.08, 224, 224),
            new Augmentation.Flip(Augmentation.Flip.Mode.RANDOM),
            new Augmentation.PaddedCrop(4, Augmentation.PaddedCrop.Fill.REFLECT),
            new ColourJitter(0.3, 0.3, 0.3, 0.1),
            new Augmentation.Erase(16, 120, 120, 120));
    for (List<Augmentation> augmentations : List.of(all, all.subList(1, 5))) {
      List<ImageBatch> batches = load(BadImages.Policy.FAIL, augmentations, png(1, 60000));
      assertThat(batches.get(0).size()).isEqualTo(3);
    }
  }

  @Test
  void whateverGoesWrongIsThatImagesFault() {
    List<Throwable> faults =
        List.of(
            new OutOfMemoryError("Java heap space"),
            new StackOverflowError(),
            new NegativeArraySizeException("-5"),
            new ArithmeticException("integer overflow"),
            new IllegalArgumentException("image: 0 bytes"),
            new ArrayIndexOutOfBoundsException(7));
    for (Throwable fault : faults) {
      assertThatThrownBy(() -> BadImageException.naming("cat/7.png", () -> thrown(fault)))
          .isInstanceOf(BadImageException.class)
          .hasCause(fault)
          .message()
          .startsWith("cat/7.png: ")
          .hasLineCount(1);
    }
    assertThatThrownBy(
            () -> BadImageException.naming("cat/7.png", () -> thrown(new LinkageError("opencv"))))
        .isInstanceOf(LinkageError.class);
  }

  private static RgbImage thrown(Throwable fault) {
    if (fault instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) fault;
  }

  @Test
  void augmentationThatFailsNamesTheImageAndLeavesOutOnlyIt() throws IOException {
    Augmentation wide = new Augmentation.ResizedCrop(1, 30_000, 30_000);
    assertThatThrownBy(() -> load(BadImages.Policy.FAIL, List.of(wide), png(40, 40)))
        .isInstanceOf(BadImageException.class)
        .hasMessageMatching("[0-2]: (cannot be processed|needs more memory).*");
    assertThat(load(BadImages.Policy.SKIP, List.of(wide), png(40, 40)).get(0).size()).isZero();
  }

  private static List<ImageBatch> load(
      BadImages.Policy policy, List<Augmentation> augmentations, byte[] file) throws IOException {
    ImageSplit split =
        ImageSplit.of(
            Stream.of("0", "1", "2").map(name -> ListedImage.at(name, file.length)).toList(),
            new int[] {0, 1, 0},
            (index, name) -> file);
    BatchLoader.Options options =
        new BatchLoader.Options(
            BatchLoader.Order.SEQUENTIAL, 3, 2, 1, 0, augmentations, TargetMix.NONE);
    List<ImageBatch> batches = new ArrayList<>();
    try (BatchLoader loader =
            new BatchLoader(split, 2, PREPROCESSOR, options, new BadImages(policy));
        BatchLoader.Epoch epoch = loader.epoch(0, 0)) {
      for (ImageBatch batch = epoch.next(); batch != null; batch = epoch.next()) {
        batches.add(batch);
      }
    }
    return batches;
  }

  private static RgbImage noise(int width, int height, Random random) {
    RgbImage image = RgbImage.black(width, height);
    random.nextBytes(image.pixels());
    return image;
  }

  /** Grey from 0 at the beginning to 255 at the end of the longer side. */
  static byte[] png(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int grey =
            width == height
                ? 128
                : (int) (256.0 * (width > height ? x + 0.5 : y + 0.5) / Math.max(width, height));
        image.setRGB(x, y, grey * 0x010101);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
