package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.TeacherConfig.Cache;
import io.github.repvgg4j.train.config.TrainConfig;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;

/** Whether a teacher that is loaded answers to what it will be shown. */
final class TeacherCheck {

  private TeacherCheck() {}

  /**
   * Of an image of zeros in each size that it will see, as many logits as there are classes.
   *
   * @throws ConfigException one line
   */
  static void requireAnswers(TrainConfig config, Teacher teacher, int classes) {
    Path path = TeacherFile.path(config);
    for (InputShape size : sizes(config, classes)) {
      float[] answers = answers(config, teacher, size);
      for (float answer : answers) {
        if (!Float.isFinite(answer)) {
          throw TeacherFile.fault(path, "answers " + answer + ": its weights are damaged");
        }
      }
      if (answers.length != classes) {
        throw TeacherFile.fault(
            path, "gives " + answers.length + " answers, the data has " + classes + " classes");
      }
    }
  }

  private static Set<InputShape> sizes(TrainConfig config, int classes) {
    InputShape input = config.model().spec(classes).input();
    Set<InputShape> sizes = new LinkedHashSet<>(Set.of(input));
    if (config.training().teacher().cache() == Cache.NONE) {
      for (var step : config.training().progressive()) {
        sizes.add(config.training().trainingSize(step.untilEpoch() - 1, input));
      }
    }
    return sizes;
  }

  private static float[] answers(TrainConfig config, Teacher teacher, InputShape size) {
    float[] zeros = new float[size.channels() * size.height() * size.width()];
    try {
      return teacher.logits(zeros, 1, size);
    } catch (RuntimeException e) {
      throw TeacherFile.fault(
          TeacherFile.path(config),
          "can't take images of "
              + TeacherFile.text(size)
              + ", which model.input and training.progressive make: "
              + e.getMessage());
    }
  }
}
