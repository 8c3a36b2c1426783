package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.TeacherConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * A teacher's file, held against the job: it must know the same classes in the same order, and see
 * images as the student does.
 *
 * @param path as it was given
 * @param metadata what the file says of itself
 */
public record TeacherFile(Path path, ModelMetadata metadata) {

  private static final String KEY = "training.teacher.path: ";

  /**
   * Checks the file without loading its weights, and what can be known without the images.
   *
   * @return the configuration with the file's hash in it
   * @throws IOException the file can't be read
   * @throws ConfigException it is no model zip and no ONNX file, or not the file that the
   *     configuration's hash names
   */
  public static TrainConfig check(TrainConfig config) throws IOException {
    TeacherConfig teacher = config.training().teacher();
    if (teacher == null) {
      return config;
    }
    Path file = Path.of(teacher.path());
    if (!isOnnx(file)) {
      ModelZip.readMetadata(file);
    } else if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          KEY + file + (Files.exists(file) ? " is not a regular file" : ": no such file"));
    }
    String sha256 = Sha256.of(file);
    if (teacher.sha256() != null && !teacher.sha256().equalsIgnoreCase(sha256)) {
      throw fault(file, "has another SHA-256 than training.teacher.sha256 says: " + sha256);
    }
    return config.withTraining(config.training().withTeacher(teacher.withSha256(sha256)));
  }

  /**
   * What the file says of itself, which fits the job.
   *
   * @param config with a teacher
   * @param labels classes of the data
   * @throws ConfigException where it does not fit: one line
   */
  static TeacherFile read(TrainConfig config, List<String> labels) throws IOException {
    Path path = path(config);
    TeacherFile file = new TeacherFile(path, ModelZip.readMetadata(path));
    file.requireClasses(labels);
    file.requireSize(config.model().spec(labels.size()).input());
    file.requireNormalisation(config);
    return file;
  }

  /**
   * The same of an ONNX file that is loaded.
   *
   * @param metadata what it says of itself
   * @param pixels whether it normalises images itself
   */
  static TeacherFile onnx(
      TrainConfig config, List<String> labels, ModelMetadata metadata, boolean pixels) {
    TeacherFile file = new TeacherFile(path(config), metadata);
    file.requireClasses(labels);
    if (!pixels) {
      file.requireNormalisation(config);
    }
    return file;
  }

  static Path path(TrainConfig config) {
    return Path.of(config.training().teacher().path());
  }

  static boolean isOnnx(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  /** What is wrong with a teacher, one line that begins with its key and its file. */
  static ConfigException fault(Path file, String words) {
    return new ConfigException(KEY + file + " " + words);
  }

  private ConfigException fault(String format, Object... arguments) {
    return fault(path, String.format(Locale.ROOT, format, arguments));
  }

  private void requireClasses(List<String> labels) {
    List<String> own = metadata.labels();
    int count = metadata.spec().map(RepVggSpec::numClasses).orElse(own.size());
    if (count != 0 && count != labels.size()) {
      throw fault(
          "knows %d classes, the data has %d; a teacher must know the same", count, labels.size());
    }
    if (own.isEmpty() || own.equals(labels)) {
      return;
    }
    int first = 0;
    while (own.get(first).equals(labels.get(first))) {
      first++;
    }
    if (new TreeSet<>(own).equals(new TreeSet<>(labels))) {
      throw fault(
          "has the data's classes in another order: number %d is %s, in the data it is %s; order"
              + " the data's as it was trained",
          first, own.get(first), labels.get(first));
    }
    throw fault(
        "knows other classes: number %d is %s, in the data it is %s",
        first, own.get(first), labels.get(first));
  }

  private void requireSize(InputShape input) {
    InputShape own = metadata.spec().map(RepVggSpec::input).orElse(input);
    if (!own.equals(input)) {
      throw fault(
          "takes images of %s, model.input is %s; teacher and student see the same images",
          text(own), text(input));
    }
  }

  private void requireNormalisation(TrainConfig config) {
    Preprocessing wanted = config.data().preprocessing();
    Preprocessing seen = metadata.preprocessing().orElse(wanted);
    if (!seen.mean().equals(wanted.mean()) || !seen.std().equals(wanted.std())) {
      throw fault(
          "was trained on images normalised with mean %s and std %s, data.mean and data.std are %s"
              + " and %s; make them the teacher's",
          seen.mean(), seen.std(), wanted.mean(), wanted.std());
    }
  }

  static String text(InputShape shape) {
    return List.of(shape.channels(), shape.height(), shape.width()).toString();
  }

  /** What the file leaves open, a line each. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (metadata.labels().isEmpty()) {
      notes.add(
          "the teacher's file does not name its classes; they are taken for those of the data, in"
              + " their order");
    }
    if (metadata.preprocessing().isEmpty()) {
      notes.add(
          "the teacher's file does not say how its images were normalised; they are taken for"
              + " normalised as data.mean and data.std say");
    }
    return notes;
  }
}
