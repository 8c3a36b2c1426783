package io.github.repvgg4j.runtime.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.answer.TopClass;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.BadImageException;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.FusedNetworks;
import io.github.repvgg4j.runtime.RuntimeOptions;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Files, bytes and decoded images, held against DL4J's output of what training would have read. */
class ImageClassifierTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 16, 16, 16), 3, InputShape.square(32));
  private static final List<String> LABELS = List.of("cat", "dog", "owl");
  private static final RuntimeOptions FP32 = RuntimeOptions.of(Precision.FP32);

  @TempDir Path folder;
  private MultiLayerNetwork network;
  private Path zip;

  @BeforeEach
  void write() throws IOException {
    network = FusedNetworks.of(SPEC, 1);
    zip = folder.resolve("fast.zip");
    ModelZipWriter.of(
            network,
            ModelMetadata.of(Form.FAST, SPEC)
                .withLabels(LABELS)
                .withPreprocessing(Preprocessing.IMAGENET))
        .write(zip);
  }

  private static BufferedImage noise(int type, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(50, 40, type);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.setRGB(x, y, 0xff000000 | random.nextInt(1 << 24));
      }
    }
    return image;
  }

  private Path png(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private double[] expected(Path file) throws IOException {
    ImagePreprocessor preprocessor = new ImagePreprocessor(Preprocessing.IMAGENET, SPEC.input());
    float[] values = preprocessor.apply(ImageReader.read(file));
    INDArray output = network.output(Nd4j.create(values, preprocessor.shape(1), 'c'));
    return output.toDoubleVector();
  }

  private static void check(List<TopClass> top, double[] expected) {
    assertThat(top).hasSize(expected.length);
    double before = 1;
    for (TopClass each : top) {
      assertThat(each.label()).isEqualTo(LABELS.get(each.index()));
      assertThat(each.probability()).isCloseTo(expected[each.index()], Offset.offset(1e-5));
      assertThat(each.probability()).isLessThanOrEqualTo(before);
      before = each.probability();
    }
  }

  @Test
  void filesBytesAndDecodedImagesHaveTheAnswerOfTrainingsPreprocessing() throws Exception {
    BufferedImage image = noise(BufferedImage.TYPE_INT_RGB, 2);
    Path file = png("a.png", image);
    double[] expected = expected(file);
    try (ImageClassifier classifier = ImageClassifier.load(zip, FP32)) {
      check(classifier.classify(file, 3), expected);
      check(classifier.classify("upload", Files.readAllBytes(file), 3), expected);
      check(classifier.classify("frame", image, 3), expected);
      assertThat(classifier.classify(file, 1)).hasSize(1);
    }
  }

  /** sRGB of 8 bits however it lies in memory; transparency is dropped as with a PNG file. */
  @Test
  void decodedImagesOfOtherLayoutsAreThoseOfTheirFiles() throws Exception {
    try (ImageClassifier classifier = ImageClassifier.load(zip, FP32)) {
      for (int type :
          new int[] {
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_4BYTE_ABGR,
            BufferedImage.TYPE_INT_ARGB,
            BufferedImage.TYPE_INT_BGR,
            BufferedImage.TYPE_BYTE_GRAY
          }) {
        BufferedImage image = noise(type, type);
        if (image.getColorModel().hasAlpha()) {
          image.setRGB(20, 20, 0x40ff0000);
        }
        check(classifier.classify("frame", image, 3), expected(png(type + ".png", image)));
      }
    }
  }

  @Test
  void aBadImageIsNamedAndHarmsNoOther() throws Exception {
    Path good = png("good.png", noise(BufferedImage.TYPE_INT_RGB, 3));
    Path bad = Files.write(folder.resolve("bad.png"), new byte[] {1, 2, 3});
    Path missing = folder.resolve("missing.png");
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    ImageIO.write(noise(BufferedImage.TYPE_INT_RGB, 4), "png", other);
    try (ImageClassifier classifier = ImageClassifier.load(zip, FP32).withBatch(2)) {
      assertThatThrownBy(() -> classifier.classify(bad, 3))
          .isInstanceOf(BadImageException.class)
          .hasMessageStartingWith(bad + ": ");
      ImageSource all =
          ImageSource.of(
              ImageSource.of(List.of(good, bad, missing)),
              ImageSource.of("upload", other.toByteArray()),
              ImageSource.of(List.of(good)));
      List<ImageAnswer> answers = classifier.classify(all, 3);
      assertThat(answers).hasSize(5);
      check(answers.get(0).top(), expected(good));
      check(answers.get(4).top(), expected(good));
      assertThat(answers.get(3).image()).isEqualTo("upload");
      assertThat(answers.get(3).error()).isNull();
      assertThat(answers.get(1).top()).isNull();
      assertThat(answers.get(1).error()).startsWith(bad + ": ");
      assertThat(answers.get(2).error()).isEqualTo(missing + ": no such file");
    }
  }

  @Test
  void whatACallerCannotMeanIsNamed() throws Exception {
    BufferedImage image = noise(BufferedImage.TYPE_INT_RGB, 5);
    try (ImageClassifier classifier = ImageClassifier.load(zip, FP32)) {
      assertThat(classifier.classify("frame", image, 0)).isEmpty();
      assertThat(classifier.classify("frame", image, 1000)).hasSize(3);
      assertThatThrownBy(() -> classifier.classify("frame", image, -1))
          .hasMessage("count: 0 classes or more, got -1");
      assertThatThrownBy(() -> classifier.withBatch(0)).hasMessage("batch: 1 or more, got 0");
      assertThatThrownBy(() -> classifier.classify("frame", (BufferedImage) null, 1))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("image");
    }
  }

  @Test
  void aModelThatDoesNotSayHowImagesBecomeItsInputIsRefused() throws Exception {
    ModelZipWriter.of(network, ModelMetadata.of(Form.FAST, SPEC)).write(zip);
    assertThatThrownBy(() -> ImageClassifier.load(zip, FP32))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(zip + ": does not say how images become its input");
  }

  @Test
  void aBatchThatNoArrayHoldsIsRefused() throws Exception {
    ImageSource many = ImageSource.of(Collections.nCopies(1_000_000, folder.resolve("x.png")));
    try (ImageClassifier classifier = ImageClassifier.load(zip, FP32).withBatch(1_000_000)) {
      assertThatThrownBy(() -> classifier.classify(many, 1))
          .hasMessageStartingWith("batch 1000000: so many images of shape ");
    }
  }
}
