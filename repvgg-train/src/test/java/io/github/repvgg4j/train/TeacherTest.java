package io.github.repvgg4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.data.set.GeneratedImages;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.run.RunFolder.StartMode;
import io.github.repvgg4j.train.teacher.LoadedTeacher;
import io.github.repvgg4j.train.teacher.Teacher;
import io.github.repvgg4j.train.teacher.Teachers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Students of a teacher in whole runs. */
class TeacherTest {

  private static final List<String> LABELS =
      List.of(
          "checkers",
          "circle",
          "cross",
          "diagonals",
          "dots",
          "horizontals",
          "ring",
          "square",
          "triangle",
          "verticals");

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 8, 8, 16), 10, InputShape.square(16))
          .withStrides(List.of(1, 2, 2, 1, 1));

  private static final Preprocessing AS_DATA = Preprocessing.IMAGENET.withCropFraction(1);

  @TempDir Path temp;
  private Path zip;
  private ComputationGraph graph;

  @BeforeEach
  void teacher() throws IOException {
    zip = temp.resolve("teacher.zip");
    graph = graph(SPEC);
    write(graph, metadata(Form.TRAINING));
  }

  private static ComputationGraph graph(RepVggSpec spec) {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(5));
    RandomStatistics.fill(graph, 5);
    return graph;
  }

  private static ModelMetadata metadata(Form form) {
    return ModelMetadata.of(form, SPEC).withLabels(LABELS).withPreprocessing(AS_DATA);
  }

  private void write(org.deeplearning4j.nn.api.Model model, ModelMetadata metadata)
      throws IOException {
    Files.deleteIfExists(zip);
    ModelZipWriter.of(model, metadata).write(zip);
  }

  private TrainConfig config(String name, String teacher, String... replaced) {
    String yaml =
        SmallRuns.YAML.replace(
            "training:\n", "training:\n  teacher: {path: '" + zip + "'" + teacher + "}\n");
    for (int i = 0; i < replaced.length; i += 2) {
      assertThat(yaml).contains(replaced[i]);
      yaml = yaml.replace(replaced[i], replaced[i + 1]);
    }
    return ConfigFiles.parse("job.yaml", yaml).withFolder(temp.resolve(name));
  }

  @ParameterizedTest
  @CsvSource({"none, mixup: 0.2", "images, cutmix: 1", "none, accumulate: 2"})
  void aRunThatGoesOnEndsWithTheBitsOfOneThatWasNotStopped(String cache, String more)
      throws IOException {
    String teacher = ", cache: " + cache;
    TrainConfig whole = config("whole", teacher, "mixup: 0.2", more);
    Training.run(whole, RunListener.SILENT);
    TrainConfig parts = config("parts", teacher, "mixup: 0.2", more);
    RunOptions halfway = SmallRuns.stopAfter(8, StartMode.NEW);
    assertThat(Training.run(parts, halfway, RunListener.SILENT).state())
        .isEqualTo(RunResult.State.STOPPED);
    assertThat(Training.isUnfinished(parts)).isTrue();
    Path logits = parts.folder().resolve("teacher-logits.bin");
    assertThat(Files.exists(logits)).isEqualTo(cache.equals("images"));
    Training.run(parts, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(SmallRuns.hash(parts.folder())).isEqualTo(SmallRuns.hash(whole.folder()));
    assertThat(SmallRuns.metrics(parts.folder())).isEqualTo(SmallRuns.metrics(whole.folder()));
    Path alone = temp.resolve("alone");
    Training.run(SmallRuns.config(alone), RunListener.SILENT);
    assertThat(SmallRuns.hash(alone)).isNotEqualTo(SmallRuns.hash(whole.folder()));
    assertThat(ModelZip.readMetadata(whole.folder().resolve("model.zip")).provenance())
        .containsEntry("teacher.sha256", Sha256.of(zip));
  }

  /** Put back after the teacher had seen the images, as docs/training.md says. */
  @Test
  void imageThatIsMendedIsSeenByTheTeacherWhenTheRunGoesOn() throws IOException {
    Path images = temp.resolve("images");
    GeneratedImages.write(images, new GeneratedImages.Options(4, 2, 16, 1));
    Path bad = images.resolve("train/dots/0001.png");
    byte[] whole = Files.readAllBytes(bad);
    Files.write(bad, new byte[whole.length]);
    TrainConfig config =
        config(
            "run",
            ", cache: images",
            "generated: {trainPerClass: 4, testPerClass: 2, side: 16}",
            "path: '" + images + "'\n  onBadImage: skip");
    Training.run(config, SmallRuns.stopAfter(2, StartMode.NEW), RunListener.SILENT);
    Files.write(bad, whole);
    RunResult result = Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
    assertThat(result.state()).isEqualTo(RunResult.State.DONE);
    byte[] logits = Files.readAllBytes(config.folder().resolve("teacher-logits.bin"));
    Training.run(config.withFolder(temp.resolve("new")), RunOptions.NEW, RunListener.SILENT);
    assertThat(temp.resolve("new/teacher-logits.bin")).hasBinaryContent(logits);
  }

  @Test
  void keptLogitsThatAreDamagedOrOfAnotherTeacherAreMadeAgain() throws IOException {
    TrainConfig config = config("run", ", cache: images", "epochs: 3", "epochs: 1");
    Training.run(config, RunListener.SILENT);
    Path file = config.folder().resolve("teacher-logits.bin");
    byte[] right = Files.readAllBytes(file);
    String hash = SmallRuns.hash(config.folder());
    byte[] wrong = right.clone();
    wrong[wrong.length - 20] ^= 1;
    for (byte[] found : List.of(wrong, new byte[3], java.util.Arrays.copyOf(right, 150))) {
      Files.write(file, found);
      Files.delete(config.folder().resolve("result.json"));
      Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT);
      assertThat(Files.readAllBytes(file)).isEqualTo(right);
      assertThat(SmallRuns.hash(config.folder())).isEqualTo(hash);
    }
    graph.params().muli(1.01);
    write(graph, metadata(Form.TRAINING));
    assertThatThrownBy(
            () -> Training.run(config, RunOptions.of(StartMode.RESUME), RunListener.SILENT))
        .hasMessageContaining("was written with another configuration")
        .hasMessageContaining("training.teacher");
    Training.run(config, RunOptions.of(StartMode.OVERWRITE), RunListener.SILENT);
    assertThat(Files.readAllBytes(file)).hasSameSizeAs(right).isNotEqualTo(right);
  }

  @ParameterizedTest
  @ValueSource(strings = {"training", "fast", "grouped"})
  @DisabledIfSystemProperty(named = "repvgg.backend.accelerate", matches = ".*")
  void aTeacherAnswersAsItsGraphDoesWhateverComputesIt(String kind) throws IOException {
    ComputationGraph asked = graph;
    if (kind.equals("fast")) {
      write(GraphFuser.fuse(graph).network(), metadata(Form.FAST));
    } else if (kind.equals("grouped")) {
      RepVggSpec gated =
          RepVggSpec.of(List.of(1, 2, 1, 1), List.of(16, 16, 16, 16, 32), 10, InputShape.square(16))
              .withBlockOptions(new BlockOptions(2, true));
      asked = graph(gated);
      write(
          asked,
          ModelMetadata.of(Form.TRAINING, gated).withLabels(LABELS).withPreprocessing(AS_DATA));
    }
    float[] images = new float[3 * 3 * 12 * 12];
    Random random = new Random(1);
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextGaussian();
    }
    INDArray expected = Logits.of(asked, Floats.array(images, 3, 3, 12, 12));
    LoadedTeacher loaded = Teachers.load(config("run", ""), LABELS);
    assertThat(loaded.notes()).isEmpty();
    try (Teacher teacher = loaded.teacher()) {
      assertThat(teacher.description()).contains("oneDNN");
      float[] found = teacher.logits(images, 3, InputShape.square(12));
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isCloseTo(expected.getFloat(i), within(2e-4f));
      }
    }
  }

  @Test
  void whatDoesNotFitIsOneLine() throws IOException {
    refuses(List.of("a", "b"), "knows 2 classes, the data has 10; a teacher must know the same");
    List<String> turned = new java.util.ArrayList<>(LABELS);
    java.util.Collections.reverse(turned);
    refuses(turned, "has the data's classes in another order: number 0 is " + turned.get(0));
    turned = new java.util.ArrayList<>(LABELS);
    java.util.Collections.swap(turned, 4, 7);
    refuses(turned, "has the data's classes in another order: number 4 is " + turned.get(4));
    List<String> other = new java.util.ArrayList<>(LABELS);
    other.set(3, "zebra");
    refuses(other, "knows other classes: number 3 is zebra, in the data it is " + LABELS.get(3));
    write(graph, metadata(Form.TRAINING).withPreprocessing(Preprocessing.IMAGENET_GREY));
    assertRefused("normalised with mean [0.459] and std [0.226], data.mean and data.std are");
    RepVggSpec larger =
        RepVggSpec.of(List.of(1, 1, 1, 1), SPEC.widths(), 10, InputShape.square(32));
    write(graph(larger), ModelMetadata.of(Form.TRAINING, larger).withLabels(LABELS));
    assertRefused("takes images of [3, 32, 32], model.input is [3, 16, 16]");
    ComputationGraph diverged = graph(SPEC);
    diverged.params().putScalar(7, Float.NaN);
    write(diverged, metadata(Form.TRAINING));
    assertRefused(
        "training.teacher.path: " + zip + " holds NaN or infinity: its training diverged");
    write(graph, metadata(Form.TRAINING));
    String sha256 = Sha256.of(zip);
    assertThat(config("a", ", sha256: " + sha256)).isNotNull();
    assertRefusedWith(", sha256: 00", "has another SHA-256");
    zip = temp.resolve("none.zip");
    assertRefused("none.zip");
    assertThatThrownBy(() -> config("a", ", temperature: 0"))
        .hasMessageContaining("training.teacher.temperature: must be greater than 0, got 0");
    assertThat(temp.resolve("run/config.yaml")).doesNotExist();
  }

  private void refuses(List<String> labels, String... words) throws IOException {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), SPEC.widths(), labels.size(), InputShape.square(16))
            .withStrides(SPEC.strides());
    write(graph(spec), ModelMetadata.of(Form.TRAINING, spec).withLabels(labels));
    assertRefused(words);
  }

  private void assertRefused(String... words) {
    assertRefusedWith("", words);
  }

  private void assertRefusedWith(String keys, String... words) {
    assertThatThrownBy(() -> Training.run(config("run", keys), RunListener.SILENT))
        .isInstanceOfAny(ConfigException.class, IOException.class)
        .satisfies(fault -> assertThat(fault.getMessage()).contains(words).doesNotContain("\n"));
  }

  @Test
  void aTeacherThatNamesNothingIsTakenWithAWord() throws IOException {
    write(graph, ModelMetadata.of(Form.TRAINING, SPEC));
    LoadedTeacher loaded = Teachers.load(config("run", ""), LABELS);
    loaded.teacher().close();
    assertThat(loaded.notes())
        .hasSize(2)
        .allMatch(note -> note.startsWith("the teacher's file does not"));
  }

  /** From weights beside the teacher's: labels alone lead away from it, it leads back. */
  @Test
  void aStudentComesNearerToItsTeacher() throws IOException {
    Path beside = temp.resolve("beside.zip");
    graph.getLayer(BlockNames.LINEAR).getParam("W").muli(20); // so that it has opinions
    write(graph, metadata(Form.TRAINING));
    ComputationGraph moved = graph.clone();
    Random random = new Random(7);
    INDArray parameters = moved.params();
    for (long i = 0; i < parameters.length(); i++) {
      parameters.putScalar(i, parameters.getDouble(i) * (1 + 0.2 * random.nextGaussian()));
    }
    ModelZipWriter.of(moved, metadata(Form.TRAINING)).write(beside);
    String[] recipe = {
      "epochs: 3",
      "epochs: 10",
      "mixup: 0.2",
      "fineTune: {from: '" + beside + "', backboneLearningRateFactor: 1}",
      "widths: [4, 4, 4, 4, 8]",
      "widths: [8, 8, 8, 8, 16]",
      "emaDecay: 0.9",
      "select: last"
    };
    TrainConfig taught = config("taught", ", weight: 1, temperature: 2", recipe);
    TrainConfig alone = taught.withTraining(taught.training().withTeacher(null));
    Path student = Training.run(taught, RunListener.SILENT).model();
    Path other = Training.run(alone.withFolder(temp.resolve("alone")), RunListener.SILENT).model();
    assertThat(distance(student, zip)).isLessThan(0.8 * distance(beside, zip));
    assertThat(distance(student, zip)).isLessThan(0.8 * distance(other, zip));
  }

  /** A teacher that has seen many images makes more of a student's few than their labels do. */
  @Test
  @Tag("proof")
  void aStudentOfFewImagesIsBetterWithATeacherOfMany() throws IOException {
    String[] recipe = {
      "epochs: 3", "epochs: 24",
      "batchSize: 8", "batchSize: 32",
      "trainPerClass: 4, testPerClass: 2", "trainPerClass: 100, testPerClass: 30",
      "widths: [4, 4, 4, 4, 8]", "widths: [16, 16, 16, 16, 32]",
      "accelerate: off", "accelerate: auto",
      "  testTimeAveraging: flip-translate\n", "  evaluateEvery: 8\n"
    };
    TrainConfig many = config("many", "", recipe);
    RunResult teacher =
        Training.run(many.withTraining(many.training().withTeacher(null)), RunListener.SILENT);
    zip = teacher.model();
    recipe[1] = "epochs: 120\n  seed: 2";
    recipe[5] = "trainPerClass: 8, testPerClass: 30";
    TrainConfig few = config("few", ", weight: 1", recipe);
    TrainConfig untaught = few.withTraining(few.training().withTeacher(null));
    RunResult student = Training.run(few, RunListener.SILENT);
    RunResult other =
        Training.run(untaught.withFolder(temp.resolve("untaught")), RunListener.SILENT);
    System.out.printf(
        java.util.Locale.ROOT,
        "top-1: teacher %.3f, student %.3f, by labels alone %.3f%n",
        teacher.top1(),
        student.top1(),
        other.top1());
    assertThat(student.top1()).isGreaterThan(other.top1());
  }

  /** Mean over random images of the largest difference of a probability. */
  private static double distance(Path one, Path other) throws IOException {
    INDArray images = org.nd4j.linalg.factory.Nd4j.create(64, 3, 16, 16);
    Random random = new Random(3);
    for (int i = 0; i < images.length(); i++) {
      images.putScalar(i, random.nextGaussian());
    }
    INDArray difference = answers(one, images).sub(answers(other, images));
    return difference.amax(1).meanNumber().doubleValue();
  }

  private static INDArray answers(Path model, INDArray images) throws IOException {
    return ((ComputationGraph) ModelZip.load(model).network()).output(images)[0];
  }
}
