package io.github.repvgg4j.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.deploy.DeployMain;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.RunListener;
import io.github.repvgg4j.train.Training;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.teacher.LoadedTeacher;
import io.github.repvgg4j.train.teacher.Teacher;
import io.github.repvgg4j.train.teacher.Teachers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network teaches the same as a zip and as the ONNX files that are written of it. */
class ExportedTeacherTest {

  private static final int IMAGES = 5;
  private static final InputShape INPUT = InputShape.square(16);

  @TempDir static Path temp;
  private static Path zip;
  private static List<String> labels;

  @BeforeAll
  static void train() throws IOException {
    zip = Training.run(config(""), RunListener.SILENT).model();
    labels = ModelZip.readMetadata(zip).labels();
  }

  private static TrainConfig config(String more, String... data) {
    return ConfigFiles.parse(
        "job.yaml",
        String.join(
            "\n",
            "model: {depths: [1, 1, 1, 1], widths: [8, 8, 8, 8, 16], strides: [1, 2, 2, 1, 1], input: [3, 16, 16]}",
            "data: {generated: {trainPerClass: 8, testPerClass: 2, side: 16}"
                + String.join("", data)
                + "}",
            "training: {epochs: 1, batchSize: 8, learningRate: 0.05" + more + "}",
            "output: {folder: '" + temp.resolve("run") + "'}",
            ""));
  }

  private static Path export(String name, String... options) {
    Path file = temp.resolve(name + ".onnx");
    List<String> arguments =
        new ArrayList<>(List.of("export-onnx", zip.toString(), "-o", file.toString()));
    arguments.addAll(List.of(options));
    StringWriter err = new StringWriter();
    int code =
        DeployMain.run(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            arguments.toArray(new String[0]));
    assertThat(code).as(err.toString()).isZero();
    return file;
  }

  private static LoadedTeacher load(Path teacher, String... data) throws IOException {
    return Teachers.load(config(", teacher: {path: '" + teacher + "'}", data), labels);
  }

  /** Each row without its mean, which a softmax does not see. */
  private static double[] answers(Path file, int expectedNotes) throws IOException {
    LoadedTeacher loaded = load(file);
    assertThat(loaded.notes()).hasSize(expectedNotes);
    Random random = new Random(4);
    float[] images = new float[IMAGES * 3 * 16 * 16];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextGaussian();
    }
    try (Teacher teacher = loaded.teacher()) {
      float[] logits = teacher.logits(images, IMAGES, INPUT);
      int classes = labels.size();
      double[] centred = new double[logits.length];
      for (int first = 0; first < logits.length; first += classes) {
        double mean = 0;
        for (int k = 0; k < classes; k++) {
          mean += logits[first + k] / classes;
        }
        for (int k = 0; k < classes; k++) {
          centred[first + k] = logits[first + k] - mean;
        }
      }
      return centred;
    }
  }

  @Test
  void inAnyOfItsForms() throws IOException {
    double[] expected = answers(zip, 0);
    assertThat(answers(export("plain"), 0)).containsExactly(expected, within(1e-4));
    Path pixels = export("pixels", "--dynamic-batch", "--with-preprocessing", "--with-activation");
    assertThat(answers(pixels, 1)).containsExactly(expected, within(1e-4));
  }

  @Test
  void whatAFileSaysOfClassesAndNormalisationIsCompared() {
    Path plain = export("compared");
    String[] other = {", mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2]"};
    assertThatThrownBy(() -> load(plain, other))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("was trained on images normalised with mean [0.485, 0.456, 0.406]");
    assertThatThrownBy(
            () ->
                Teachers.load(config(", teacher: {path: '" + plain + "'}"), List.of("a", "b", "c")))
        .hasMessageContaining("knows 10 classes, the data has 3");
  }

  /** One that normalises itself sees the same images whatever the student's normalisation is. */
  @Test
  void pixelsAreMadeOfTheStudentsImages() throws IOException {
    Path pixels = export("own", "--with-preprocessing");
    try (Teacher teacher =
        load(pixels, ", mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2]").teacher()) {
      float[] grey = new float[3 * 16 * 16]; // pixels of 127.5
      float[] found = teacher.logits(grey, 1, INPUT);
      float[] normalised = new float[grey.length];
      double[] mean = {0.485, 0.456, 0.406};
      double[] std = {0.229, 0.224, 0.225};
      for (int i = 0; i < grey.length; i++) {
        normalised[i] = (float) ((0.5 - mean[i / 256]) / std[i / 256]);
      }
      try (Teacher other = load(zip).teacher()) {
        float[] expected = other.logits(normalised, 1, INPUT);
        assertThat(found).containsExactly(expected, within(1e-4f));
      }
    }
  }
}
