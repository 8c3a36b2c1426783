package io.github.repvgg4j.train.teacher;

import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads teachers of each kind of file. */
public final class Teachers {

  private static final Logger LOG = LoggerFactory.getLogger(Teachers.class);

  private Teachers() {}

  /**
   * Loads the teacher of a job.
   *
   * @param labels classes of the data
   * @return closed by the caller
   * @throws IOException the file can't be read: one line
   * @throws ConfigException it does not fit the job: one line
   */
  public static LoadedTeacher load(TrainConfig config, List<String> labels) throws IOException {
    Path file = TeacherFile.path(config);
    LoadedTeacher loaded =
        TeacherFile.isOnnx(file)
            ? OnnxTeachers.load(config, labels)
            : ZipTeachers.load(config, labels);
    try {
      TeacherCheck.requireAnswers(config, loaded.teacher(), labels.size());
    } catch (RuntimeException e) {
      loaded.teacher().close();
      throw e;
    }
    LOG.info("teacher {}: {}", file, loaded.teacher().description());
    return loaded;
  }
}
