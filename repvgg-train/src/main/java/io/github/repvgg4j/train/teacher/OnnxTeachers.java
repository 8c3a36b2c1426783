package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.archive.ModelProperties;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Loads ONNX teachers, and finds out what such a file does not say: what its answers are. */
final class OnnxTeachers {

  private static final int PROBES = 8;
  private static final long SEED = 17;
  private static final double SUM_TOLERANCE = 1e-3;

  private OnnxTeachers() {}

  /**
   * Loads the teacher of a job.
   *
   * @throws IOException the file can't be read
   * @throws ConfigException it does not fit the job: one line
   */
  static LoadedTeacher load(TrainConfig config, List<String> labels) throws IOException {
    Path path = TeacherFile.path(config);
    OnnxTeacher file = open(path);
    try {
      return load(file, config, labels);
    } catch (ConfigException e) {
      file.close();
      throw e;
    } catch (IllegalArgumentException | IllegalStateException e) {
      file.close();
      throw TeacherFile.fault(path, e.getMessage());
    }
  }

  private static OnnxTeacher open(Path path) throws IOException {
    try {
      return OnnxTeacher.open(path);
    } catch (IllegalArgumentException e) {
      throw TeacherFile.fault(path, e.getMessage());
    } catch (NoClassDefFoundError e) {
      throw TeacherFile.fault(
          path,
          "is an ONNX file, and there is no ONNX Runtime here; add"
              + " com.microsoft.onnxruntime:onnxruntime to the class path");
    } catch (LinkageError e) {
      throw TeacherFile.fault(path, "needs ONNX Runtime, which does not run here: " + e);
    }
  }

  private static LoadedTeacher load(OnnxTeacher file, TrainConfig config, List<String> labels) {
    Map<String, String> properties = file.metadata();
    boolean pixels = ModelProperties.PIXELS.equals(properties.get(ModelProperties.INPUT));
    TeacherFile known = TeacherFile.onnx(config, labels, ModelProperties.read(properties), pixels);
    List<String> notes = new ArrayList<>(known.notes());
    InputShape input = config.model().spec(labels.size()).input();
    Teacher teacher = pixels ? new PixelTeacher(file, config.data().preprocessing()) : file;
    if (isSoftmax(teacher, input)) {
      notes.add("the teacher's answers are probabilities; their logarithms are learned from");
      return new LoadedTeacher(new SoftmaxTeacher(teacher), notes);
    }
    return new LoadedTeacher(teacher, notes);
  }

  /**
   * Whether its answers to some random images are never negative and sum up to 1, which logits do
   * not.
   *
   * @throws IllegalArgumentException where they are numbers from 0 to 1 that do not
   */
  private static boolean isSoftmax(Teacher teacher, InputShape input) {
    float[] answers = teacher.logits(noise(input), PROBES, input);
    int classes = answers.length / PROBES;
    boolean sumsToOne = true;
    for (int i = 0; i < PROBES; i++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        float answer = answers[i * classes + k];
        if (!(answer >= 0 && answer <= 1)) {
          return false;
        }
        sum += answer;
      }
      sumsToOne &= Math.abs(sum - 1) < SUM_TOLERANCE;
    }
    if (!sumsToOne) {
      throw new IllegalArgumentException(
          "answers numbers from 0 to 1 that do not sum up to 1, as a sigmoid does; a teacher"
              + " answers logits or a softmax");
    }
    return true;
  }

  private static float[] noise(InputShape input) {
    Random random = new Random(SEED);
    float[] images = new float[PROBES * input.channels() * input.height() * input.width()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextGaussian();
    }
    return images;
  }
}
