package io.github.repvgg4j.bench.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.bench.measure.InterleavedClock;
import io.github.repvgg4j.bench.measure.InterleavedClock.Times;
import io.github.repvgg4j.bench.measure.TempFolder;
import io.github.repvgg4j.data.decode.ImageReader;
import io.github.repvgg4j.data.image.RgbImage;
import io.github.repvgg4j.data.set.ImageData;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderBenchTest {

  @TempDir Path temp;

  /** Delivers what it is told to. */
  private record Fixed(String name, long images, double mean) implements LoaderContender {

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public long epoch() {
      return images;
    }

    @Override
    public Content content() {
      return new Content(images, mean);
    }

    @Override
    public void close() {}
  }

  private static final LoaderBench ONE_ROUND = new LoaderBench(new InterleavedClock(0, 1));

  @Test
  void loaderOfOtherImagesOrOtherValuesIsNotTimed() {
    Fixed ours = new Fixed("ours", 64, 0.1);
    assertThat(ONE_ROUND.run(List.of(ours, new Fixed("peer", 64, 0.12)))).hasSize(2);
    assertThatThrownBy(() -> ONE_ROUND.run(List.of(ours, new Fixed("peer", 63, 0.1))))
        .hasMessage("peer: an epoch of 63 images, not 64; not timed");
    assertThatThrownBy(() -> ONE_ROUND.run(List.of(ours, new Fixed("peer", 64, 0.4))))
        .hasMessageContaining("peer: other values than ours");
    assertThatThrownBy(() -> ONE_ROUND.run(List.of(ours, new Fixed("peer", 64, Double.NaN))))
        .hasMessageContaining("not timed");
  }

  @Test
  void ratioIsToTorchvisionAtAsManyThreads() {
    String table =
        LoaderBench.table(
            List.of(
                line("BatchLoader", 1, 500),
                line("BatchLoader", 2, 500),
                line(TorchvisionLoader.NAME, 1, 1000)));
    assertThat(table.lines().skip(2))
        .containsExactly(
            "| BatchLoader | 1 | 384 | 500.0 | 500.0 - 500.0 | 768 | 2.00 |",
            "| BatchLoader | 2 | 384 | 500.0 | 500.0 - 500.0 | 768 |  |",
            "| torchvision | 1 | 384 | 1000.0 | 1000.0 - 1000.0 | 384 |  |");
  }

  private static LoaderBench.Line line(String loader, int threads, double millis) {
    return new LoaderBench.Line(loader, threads, 384, new Times(new double[] {millis}));
  }

  @Test
  void photographsAreSmoothAndTheSameAgain() {
    BufferedImage image = Photographs.image(3, 120, 90);
    BufferedImage again = Photographs.image(3, 120, 90);
    double step = 0;
    double low = 255;
    double high = 0;
    for (int y = 0; y < 90; y++) {
      for (int x = 1; x < 120; x++) {
        assertThat(again.getRGB(x, y)).isEqualTo(image.getRGB(x, y));
        int green = image.getRGB(x, y) >> 8 & 0xff;
        step += Math.abs(green - (image.getRGB(x - 1, y) >> 8 & 0xff)) / (90.0 * 119);
        low = Math.min(low, green);
        high = Math.max(high, green);
      }
    }
    assertThat(step).isBetween(1.0, 0.15 * (high - low));
  }

  @Test
  void photographsAreADataSetOfTheSizeTheySay() throws IOException {
    Photographs.write(temp, 20);
    try (ImageData data = ImageData.open(temp)) {
      assertThat(data.labels()).hasSize(10);
      assertThat(data.train().size()).isEqualTo(20);
      RgbImage image = ImageReader.read(temp.resolve(data.train().name(0)));
      assertThat(image.width()).isEqualTo(Photographs.WIDTH);
      assertThat(image.height()).isEqualTo(Photographs.HEIGHT);
    }
  }

  @Test
  void generatedZipIsReadWhereItLies() throws IOException {
    try (ImageData data = ImageData.open(CifarLike.write(temp, 7));
        OwnLoader loader = new OwnLoader(data, OwnLoader.Work.cifar(2, 1 << 20))) {
      assertThat(data.train().size()).isEqualTo(70);
      assertThat(loader.epoch()).isEqualTo(64);
      assertThat(loader.content().mean()).isBetween(-3.0, 3.0);
    }
  }

  @Test
  void manyNamesAreListedAndLoaded() throws IOException {
    Photographs.write(temp.resolve("jpegs"), 10);
    List<Path> files = List.of(temp.resolve("jpegs/train/class0/0000.jpg"));
    ManyImages.link(temp.resolve("names"), files, 150);
    ManyImages measured = ManyImages.measure(temp.resolve("names"));
    assertThat(measured.images()).isEqualTo(150);
    assertThat(measured.batches()).isEqualTo(2);
    assertThat(measured.openMb()).isPositive();
    assertThat(measured.table()).contains("| 150 |");
  }

  @Test
  void tempFolderIsGoneAfterwardsAndWhatItsLinksNamedIsNot() throws IOException {
    Path kept = Files.writeString(temp.resolve("kept"), "kept");
    Path gone;
    try (TempFolder folder = new TempFolder("repvgg-test")) {
      gone = folder.path();
      Files.createSymbolicLink(Files.createDirectories(gone.resolve("a/b")).resolve("l"), kept);
    }
    assertThat(gone).doesNotExist();
    assertThat(kept).hasContent("kept");
  }

  @Test
  void interpreterWithoutTorchvisionSaysSo() throws IOException {
    TorchvisionLoader.Work work = new TorchvisionLoader.Work(temp, 224, 1);
    assertThatThrownBy(() -> TorchvisionLoader.open(temp.resolve("no-python"), temp, work))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-python");
    assertThatThrownBy(() -> TorchvisionLoader.open(Path.of("/bin/false"), temp, work))
        .hasMessageContaining("the Python process ended");
  }
}
