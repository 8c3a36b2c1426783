package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.data.set.ImageData;
import io.github.repvgg4j.data.set.ImageSplit;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** Runs on data sets of other layouts than train/ and test/. */
class DataLayoutTest {

  @TempDir Path temp;
  private Path images;
  private Path run;

  @BeforeEach
  void images() throws IOException {
    images = temp.resolve("images");
    run = temp.resolve("run");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
  }

  private TrainConfig config(String data) {
    return ConfigFiles.parse(
            "test.yaml",
            SmallRuns.YAML
                .replace("generated: {trainPerClass: 4, testPerClass: 2, side: 16}", data)
                .replace("epochs: 3", "epochs: 2"))
        .withFolder(run);
  }

  @Test
  void testIsReportedOnceAtTheEndWhereValChoseTheEpoch() throws IOException {
    Path other = temp.resolve("other");
    GeneratedImages.write(other, new GeneratedImages.Options(1, 3, 16, 9));
    Files.move(images.resolve("test"), images.resolve("valid"));
    Files.move(other.resolve("test"), images.resolve("test"));
    Files.writeString(images.resolve("test/ring/notes.txt"), "no image");
    List<String> notes = new ArrayList<>();
    RunListener listener = SmallRuns.noting(notes);
    Training.run(config("path: " + images), RunOptions.NEW, listener);

    JsonNode result = SmallRuns.result(run);
    assertThat(result.path("finalTop1").asDouble())
        .isEqualTo(top1(images, run.resolve("model.zip")));
    assertThat(notes)
        .hasSize(5)
        .anyMatch(note -> note.startsWith("training.emaDecay: 0.9 keeps 35 %"))
        .anyMatch(note -> note.startsWith("few images (4 a class)"))
        .anyMatch(note -> note.contains("chosen by valid/; test/ is tested once, at the end"))
        .anyMatch(note -> note.contains("passed over") && note.contains("notes.txt"))
        .anyMatch(note -> note.startsWith("top-1 of test, at the end: "));
    assertThat(Files.readString(run.resolve("run.log"))).contains(notes);
    assertThat(Files.readString(run.resolve("report.html")))
        .contains("top-1, test, at the end", "top-1, val, model.zip");
  }

  /** By Deeplearning4j alone, one image at a time. */
  private static double top1(Path images, Path model) throws IOException {
    ComputationGraph graph = (ComputationGraph) ModelZip.load(model).network();
    try (ImageData data = ImageData.open(images)) {
      ImageSplit test = data.finalTest().orElseThrow();
      assertThat(test.size()).isEqualTo(30);
      int right = 0;
      for (int i = 0; i < test.size(); i++) {
        ImagePreprocessor preprocessor =
            new ImagePreprocessor(
                Preprocessing.IMAGENET, new io.github.repvgg4j.spec.InputShape(3, 16, 16));
        float[] values = new float[preprocessor.length()];
        preprocessor.write(test.read(i), values, 0);
        var input = Nd4j.create(values, new long[] {1, 3, 16, 16}, 'c');
        right += graph.outputSingle(input).argMax(1).getInt(0) == test.label(i) ? 1 : 0;
      }
      return right / (double) test.size();
    }
  }

  @Test
  void oneFolderOfClassesIsDividedByTheConfiguration() throws IOException {
    Path classes = images.resolve("train");
    assertThatThrownBy(() -> Training.run(config("path: " + classes), RunListener.SILENT))
        .hasMessageContaining("has 10 classes but no test part")
        .hasMessageContaining("data.split: {test: 0.2}");
    assertThat(run).doesNotExist();
    TrainConfig config = config("path: " + classes + "\n  split: {test: 0.4, seed: 3}");
    assertThat(ConfigFiles.write(config)).contains("test: 0.4", "seed: 3");
    Training.run(config, RunListener.SILENT);
    assertThat(SmallRuns.result(run).path("top1").isNumber()).isTrue();
    assertThatThrownBy(() -> config("path: x\n  split: {test: 1.5}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("data.split.test: must be greater than 0 and less than 1, got 1.5");
  }

  @Test
  void aTableOfImagesIsTrainedOn() throws IOException {
    StringBuilder table = new StringBuilder("path,label,split\n");
    try (Stream<Path> files = Files.walk(images)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
        Path name = images.relativize(file);
        table.append(name + "," + name.getName(1) + "," + name.getName(0) + "\n");
      }
    }
    Files.writeString(images.resolve("images.csv"), table);
    Training.run(config("path: " + images.resolve("images.csv")), RunListener.SILENT);
    Path other = temp.resolve("other run");
    Training.run(config("path: " + images).withFolder(other), RunListener.SILENT);
    assertThat(SmallRuns.hash(run)).isEqualTo(SmallRuns.hash(other));
  }
}
