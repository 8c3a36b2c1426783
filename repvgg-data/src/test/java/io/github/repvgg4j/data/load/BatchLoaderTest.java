package io.github.repvgg4j.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.augment.Augmentation;
import io.github.repvgg4j.data.augment.ColourJitter;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.spec.InputShape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchLoaderTest {

  /** torch 1.13, CrossEntropyLoss(label_smoothing=0.1); repvgg-train's torch_fixtures.py. */
  private static final double SMOOTHED_LOSS_OF_PYTORCH = 1.0877794308777808;

  private static final ImagePreprocessor PREPROCESSOR =
      new ImagePreprocessor(Preprocessing.IMAGENET.withCropFraction(1), InputShape.square(12));

  @TempDir static Path folder;

  @BeforeAll
  static void write() throws IOException {
    GeneratedImages.write(folder, new GeneratedImages.Options(3, 1, 12, 1));
  }

  @Test
  void batchesDoNotDependOnThreadsCacheOrWhereTheEpochBegins() throws IOException {
    List<ImageBatch> one = batches(options(1, 0), 3, 0);
    List<ImageBatch> four = batches(options(4, 1 << 20), 3, 0);
    List<ImageBatch> late = batches(options(2, 900), 3, 2);
    assertThat(one).hasSize(4);
    for (int i = 0; i < one.size(); i++) {
      assertThat(four.get(i).features()).isEqualTo(one.get(i).features());
      assertThat(four.get(i).targets()).isEqualTo(one.get(i).targets());
    }
    assertThat(late.get(0).features()).isEqualTo(one.get(2).features());
  }

  @Test
  void epochsAreShuffledDifferently() throws IOException {
    assertThat(batches(options(2, 0), 0, 0).get(0).classes())
        .satisfies(
            first ->
                assertThat(Arrays.deepEquals(first, batches(options(2, 0), 1, 0).get(0).classes()))
                    .isFalse());
  }

  @Test
  void zipHoldsTheSameImagesAsTheFolderItWasMadeFrom() throws IOException {
    Path zip = Files.createTempDirectory(folder.getParent(), "zip").resolve("images.zip");
    try (Stream<Path> files = Files.walk(folder);
        OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      for (Path image : files.filter(f -> f.toString().endsWith(".png")).toList()) {
        out.putNextEntry(new ZipEntry("shapes/" + folder.relativize(image)));
        Files.copy(image, out);
      }
    }
    try (ImageData fromFolder = ImageData.open(folder);
        ImageData fromZip = ImageData.open(zip)) {
      assertThat(fromZip.labels()).isEqualTo(fromFolder.labels());
      assertThat(fromZip.train().size()).isEqualTo(30);
      for (int i = 0; i < 30; i++) {
        assertThat(fromZip.train().read(i).pixels()).isEqualTo(fromFolder.train().read(i).pixels());
      }
    }
  }

  @Test
  void targetsStayProbabilitiesUnderSmoothingMixupAndCutmix() throws IOException {
    for (TargetMix mix :
        List.of(new TargetMix(0.1, 0.8, 0), new TargetMix(0, 0, 1), new TargetMix(0.1, 1, 1))) {
      for (ImageBatch batch : batches(options(2, 0, mix), 0, 0)) {
        for (int i = 0; i < batch.size(); i++) {
          double sum = 0;
          for (int c = 0; c < 10; c++) {
            sum += batch.targets()[i * 10 + c];
          }
          assertThat(sum).isCloseTo(1, within(1e-5));
        }
      }
    }
  }

  @Test
  void softTargetsFollowTheirImageAndAreMixedAsTheLabelIs() throws IOException {
    SoftTargets soft =
        new SoftTargets() {
          @Override
          public int classes() {
            return 10;
          }

          @Override
          public void write(int image, float[] targets, int offset) {
            targets[offset + image % 10] = image;
          }
        };
    BatchPlan plan = new BatchPlan(List.of(new BatchPlan.Run(2, 7), new BatchPlan.Run(1, 12)));
    InputShape size = InputShape.square(12);
    BatchLoader.EpochOptions taught = new BatchLoader.EpochOptions(size, plan, soft);
    BatchLoader.EpochOptions alone = new BatchLoader.EpochOptions(size, plan, SoftTargets.NONE);
    TargetMix mixup = new TargetMix(0, 0.8, 0);
    List<ImageBatch> with = batches(options(3, 0, mixup), taught);
    List<ImageBatch> without = batches(options(1, 0, mixup), alone);
    assertThat(with.stream().map(ImageBatch::size)).containsExactly(7, 7, 12);
    for (int b = 0; b < 3; b++) {
      ImageBatch batch = with.get(b);
      assertThat(batch.features()).isEqualTo(without.get(b).features());
      for (int i = 0; i < batch.size(); i++) {
        float[] row = Arrays.copyOfRange(batch.targets(), 20 * i, 20 * i + 20);
        assertThat(Arrays.copyOf(row, 10))
            .isEqualTo(Arrays.copyOfRange(without.get(b).targets(), 10 * i, 10 * i + 10));
        ImageBatch whole = batches(options(1, 0, TargetMix.NONE), taught).get(b);
        int mirror = batch.size() - 1 - i;
        double own = own(batch, whole, i);
        for (int k = 0; k < 10; k++) {
          double expected =
              own * whole.targets()[20 * i + 10 + k]
                  + (1 - own) * whole.targets()[20 * mirror + 10 + k];
          assertThat((double) row[10 + k]).isCloseTo(expected, within(1e-4));
        }
      }
    }
  }

  /** The share of the own image, from the pixels of the mixed and the plain batch. */
  private static double own(ImageBatch mixed, ImageBatch plain, int i) {
    int length = mixed.features().length / mixed.size();
    int mirror = mixed.size() - 1 - i;
    double up = 0;
    double down = 0;
    for (int k = 0; k < length; k++) {
      double first = plain.features()[i * length + k];
      double second = plain.features()[mirror * length + k];
      up += (mixed.features()[i * length + k] - second) * (first - second);
      down += (first - second) * (first - second);
    }
    return down == 0 ? 1 : up / down;
  }

  @Test
  void smoothedTargetsAreTheOnesOfPyTorch() {
    float[] targets = new TargetMix(0.1, 0, 0).targets(new int[][] {{2}, {1}}, 4);
    double loss = 0;
    double[][] logits = {{0.2, -1.0, 3.0, 0.5}, {1.5, 0.1, -0.3, -2.0}};
    for (int i = 0; i < 2; i++) {
      double sum = Arrays.stream(logits[i]).map(Math::exp).sum();
      for (int c = 0; c < 4; c++) {
        loss -= targets[4 * i + c] * (logits[i][c] - Math.log(sum)) / 2;
      }
    }
    assertThat(loss).isCloseTo(SMOOTHED_LOSS_OF_PYTORCH, within(1e-7));
  }

  private static List<ImageBatch> batches(
      BatchLoader.Options options, BatchLoader.EpochOptions wanted) throws IOException {
    List<ImageBatch> all = new ArrayList<>();
    try (ImageData data = ImageData.open(folder);
        BatchLoader loader =
            new BatchLoader(
                data.train(), 10, PREPROCESSOR, options, new BadImages(BadImages.Policy.FAIL));
        BatchLoader.Epoch batches = loader.epoch(0, 0, wanted)) {
      for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
        all.add(batch);
      }
    }
    return all;
  }

  private static List<ImageBatch> batches(BatchLoader.Options options, int epoch, int from)
      throws IOException {
    List<ImageBatch> all = new ArrayList<>();
    try (ImageData data = ImageData.open(folder);
        BatchLoader loader =
            new BatchLoader(
                data.train(), 10, PREPROCESSOR, options, new BadImages(BadImages.Policy.FAIL));
        BatchLoader.Epoch batches = loader.epoch(epoch, from)) {
      for (ImageBatch batch = batches.next(); batch != null; batch = batches.next()) {
        all.add(batch);
      }
    }
    return all;
  }

  private static BatchLoader.Options options(int threads, long cacheBytes) {
    return options(threads, cacheBytes, new TargetMix(0.1, 0.4, 1));
  }

  private static BatchLoader.Options options(int threads, long cacheBytes, TargetMix mix) {
    return new BatchLoader.Options(
        BatchLoader.Order.SHUFFLED,
        7,
        threads,
        11,
        cacheBytes,
        List.of(
            new Augmentation.PaddedCrop(2, Augmentation.PaddedCrop.Fill.REFLECT),
            new Augmentation.Flip(Augmentation.Flip.Mode.RANDOM),
            new ColourJitter(0.3, 0.3, 0.3, 0.1),
            new Augmentation.Erase(4, 120, 120, 120)),
        mix);
  }
}
