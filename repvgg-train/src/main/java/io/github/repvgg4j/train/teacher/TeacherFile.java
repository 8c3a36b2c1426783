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

  static final String KEY = "training.teacher.path: ";

  /**
   * Checks the file without loading its weights, and what can be known without the images.
   *
   * @return the configuration with the file's hash in it
   * @throws IOException the file can't be read
   * @throws ConfigException it is no model zip, or not the file that the configuration's hash names
   */
  public static TrainConfig check(TrainConfig config) throws IOException {
    TeacherConfig teacher = config.training().teacher();
    if (teacher == null) {
      return config;
    }
    Path file = Path.of(teacher.path());
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      throw new ConfigException(
          KEY
              + file
              + ": ONNX files are not read; make a zip of the weights it was exported from:"
              + " repvgg-deploy import-weights CHECKPOINT.pth --variant NAME -o teacher.zip");
    }
    ModelZip.readMetadata(file);
    String sha256 = Sha256.of(file);
    if (teacher.sha256() != null && !teacher.sha256().equalsIgnoreCase(sha256)) {
      throw new ConfigException(
          KEY + file + " has another SHA-256 than training.teacher.sha256 says: " + sha256);
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
  public static TeacherFile read(TrainConfig config, List<String> labels) throws IOException {
    Path path = Path.of(config.training().teacher().path());
    TeacherFile file = new TeacherFile(path, ModelZip.readMetadata(path));
    file.requireClasses(labels);
    file.requireImages(config, config.model().spec(labels.size()).input());
    return file;
  }

  private ConfigException fault(String format, Object... arguments) {
    return new ConfigException(KEY + path + " " + String.format(Locale.ROOT, format, arguments));
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
    if (new TreeSet<>(own).equals(new TreeSet<>(labels))) {
      throw fault(
          "has the data's classes in another order: its first is %s, the data's is %s; order the"
              + " data's as it was trained",
          own.get(0), labels.get(0));
    }
    int first = 0;
    while (own.get(first).equals(labels.get(first))) {
      first++;
    }
    throw fault(
        "knows other classes: number %d is %s, in the data it is %s",
        first, own.get(first), labels.get(first));
  }

  private void requireImages(TrainConfig config, InputShape input) {
    InputShape own = metadata.spec().map(RepVggSpec::input).orElse(input);
    if (!own.equals(input)) {
      throw fault(
          "takes images of %s, model.input is %s; teacher and student see the same images",
          text(own), text(input));
    }
    Preprocessing wanted = config.data().preprocessing();
    Preprocessing seen = metadata.preprocessing().orElse(wanted);
    if (!seen.mean().equals(wanted.mean()) || !seen.std().equals(wanted.std())) {
      throw fault(
          "was trained on images normalised with mean %s and std %s, data.mean and data.std are %s"
              + " and %s; make them the teacher's",
          seen.mean(), seen.std(), wanted.mean(), wanted.std());
    }
  }

  private static String text(InputShape shape) {
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
