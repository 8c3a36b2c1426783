package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.JavaProcess;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.optim.TorchFixture;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import io.github.repvgg4j.train.teacher.LoadedTeacher;
import io.github.repvgg4j.train.teacher.Teacher;
import io.github.repvgg4j.train.teacher.Teachers;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Teachers that PyTorch exported: onnx_teacher_fixtures.py. */
class OnnxTeacherTest {

  private static final int CLASSES = 10;
  private static final int IMAGES = 5;
  private static final List<String> LABELS =
      IntStream.range(0, CLASSES).mapToObj(i -> "class" + i).toList();

  @TempDir Path temp;

  private Path file(String name) throws IOException {
    Path file = temp.resolve(name + ".onnx");
    try (InputStream in = getClass().getResourceAsStream("/torch/onnx-teacher-" + name + ".onnx")) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private TrainConfig config(Path teacher, String keys, String... replaced) {
    String yaml =
        SmallRuns.YAML.replace(
            "training:\n", "training:\n  teacher: {path: '" + teacher + "'" + keys + "}\n");
    for (int i = 0; i < replaced.length; i += 2) {
      assertThat(yaml).contains(replaced[i]);
      yaml = yaml.replace(replaced[i], replaced[i + 1]);
    }
    return ConfigFiles.parse("job.yaml", yaml).withFolder(temp.resolve("run"));
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 16})
  void answersAsPyTorchDid(int side) throws IOException {
    LoadedTeacher loaded = Teachers.load(config(file("open"), ""), LABELS);
    assertThat(loaded.notes())
        .hasSize(2)
        .allMatch(n -> n.startsWith("the teacher's file does not"));
    try (Teacher teacher = loaded.teacher()) {
      assertThat(teacher.description()).startsWith("ONNX Runtime 1.");
      double[] expected = expected(side);
      float[] found = teacher.logits(images(side), IMAGES, InputShape.square(side));
      assertThat(found).hasSize(expected.length);
      for (int i = 0; i < found.length; i++) {
        assertThat((double) found[i]).isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  /**
   * Five images of a file that takes two; its softmax comes back by the softmax of what it says.
   */
  @Test
  void takesAFixedNumberOfImagesAndLogarithmsOfASoftmax() throws IOException {
    LoadedTeacher loaded = Teachers.load(config(file("batch2-softmax"), ""), LABELS);
    assertThat(loaded.notes()).hasSize(3).last().asString().contains("are probabilities");
    try (Teacher teacher = loaded.teacher()) {
      double[] expected = softmax(expected(16));
      float[] found = teacher.logits(images(16), IMAGES, InputShape.square(16));
      double[] back =
          softmax(IntStream.range(0, found.length).mapToDouble(i -> found[i]).toArray());
      assertThat(back).hasSize(expected.length).containsExactly(expected, within(1e-6));
    }
  }

  private static double[] expected(int side) {
    JsonNode rows = TorchFixture.onnxTeacher().path(Integer.toString(side));
    double[] values = new double[IMAGES * CLASSES];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.path(i / CLASSES).path(i % CLASSES).asDouble();
    }
    return values;
  }

  private static float[] images(int side) {
    float[] images = new float[IMAGES * 3 * side * side];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) Math.sin(0.37 * i);
    }
    return images;
  }

  private static double[] softmax(double[] logits) {
    double[] probabilities = new double[logits.length];
    for (int first = 0; first < logits.length; first += CLASSES) {
      int from = first;
      double sum = IntStream.range(0, CLASSES).mapToDouble(k -> Math.exp(logits[from + k])).sum();
      for (int k = 0; k < CLASSES; k++) {
        probabilities[from + k] = Math.exp(logits[from + k]) / sum;
      }
    }
    return probabilities;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "images"})
  void aRunThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped(String cache) throws IOException {
    Path teacher = file("open");
    TrainConfig whole = config(teacher, ", cache: " + cache);
    Training.run(whole, RunListener.SILENT);
    TrainConfig parts = whole.withFolder(temp.resolve("parts"));
    RunOptions halfway = SmallRuns.stopAfter(8, StartMode.NEW);
    Training.run(parts, halfway, RunListener.SILENT);
    Training.run(parts, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts.folder())).isEqualTo(SmallRuns.hash(whole.folder()));
    Path alone = temp.resolve("alone");
    Training.run(SmallRuns.config(alone), RunListener.SILENT);
    assertThat(SmallRuns.hash(alone)).isNotEqualTo(SmallRuns.hash(whole.folder()));
    assertThat(ModelZip.readMetadata(whole.folder().resolve("model.zip")).provenance())
        .containsEntry("teacher.sha256", Sha256.of(teacher));
  }

  @Test
  void whatDoesNotFitIsOneLine() throws IOException {
    refuses(config(file("two-outputs"), ""), "has 2 outputs (");
    refuses(config(file("bytes"), ""), "has an input that is ", "a tensor of float32");
    refuses(config(file("sigmoid"), ""), "do not sum up to 1, as a sigmoid does");
    refuses(
        config(
            file("batch2-softmax"), "", "mixup: 0.2", "progressive: [{untilEpoch: 1, side: 12}]"),
        "can't take images of [3, 12, 12]",
        "takes [2, 3, 16, 16] ([N, C, H, W])");
    refuses(
        config(file("batch2-softmax"), "", "input: [3, 16, 16]", "input: [3, 32, 32]"),
        "takes [2, 3, 16, 16]");
    refuses(config(file("open"), ", sha256: 00"), "has another SHA-256");
    refuses(config(temp.resolve("none.onnx"), ""), "none.onnx: no such file");
    refuses(
        config(Files.createDirectory(temp.resolve("folder.onnx")), ""),
        "folder.onnx is not a regular file");
    byte[] whole = Files.readAllBytes(file("open"));
    Path damaged = temp.resolve("damaged.ONNX");
    for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
      Files.write(damaged, Arrays.copyOf(whole, length));
      refuses(config(damaged, ""), "damaged.ONNX is not taken by ONNX Runtime: ");
    }
    assertThatThrownBy(() -> Teachers.load(config(file("open"), ""), LABELS.subList(0, 7)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gives 10 answers, the data has 7 classes");
  }

  private static void refuses(TrainConfig config, String... words) {
    assertThatThrownBy(() -> Training.run(config, RunListener.SILENT))
        .isInstanceOfAny(ConfigException.class, IOException.class)
        .satisfies(fault -> assertThat(fault.getMessage()).contains(words).doesNotContain("\n"));
    assertThat(config.folder().resolve("config.yaml")).doesNotExist();
  }

  /** The class path is far longer than the 4,000 characters that ended a JVM. */
  @Test
  void aLongCommandLineIsNoDanger() throws IOException, InterruptedException {
    Path job = temp.resolve("job.yaml");
    Files.writeString(
        job, ConfigFiles.write(config(file("open"), "", "trainPerClass: 4", "trainPerClass: 1")));
    String classPath = System.getProperty("java.class.path");
    assertThat(classPath.length()).isGreaterThan(4000);
    JavaProcess.Result result = JavaProcess.of(TrainMain.class).run(job.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  @Test
  void withoutOnnxRuntimeItIsSaidWhatToAdd() throws IOException, InterruptedException {
    Path job = temp.resolve("job.yaml");
    Files.writeString(job, ConfigFiles.write(config(file("open"), "")));
    String without =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("onnxruntime"))
            .collect(Collectors.joining(File.pathSeparator));
    JavaProcess.Result result =
        JavaProcess.of(TrainMain.class).classPath(without).run(job.toString());
    assertThat(result.err())
        .contains("open.onnx is an ONNX file, and there is no ONNX Runtime here; add")
        .contains("com.microsoft.onnxruntime:onnxruntime to the class path\n");
    assertThat(result.exitCode()).isEqualTo(1);
  }
}
