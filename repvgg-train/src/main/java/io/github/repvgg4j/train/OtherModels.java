package io.github.repvgg4j.train;

import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.teacher.TeacherFile;
import java.io.IOException;

/** The files of other networks that a job names. */
final class OtherModels {

  private OtherModels() {}

  /**
   * Checks them without loading their weights.
   *
   * @return the configuration with their hashes in it
   * @throws IOException one can't be read
   * @throws io.github.repvgg4j.train.config.ConfigException one is not what it should be
   */
  static TrainConfig check(TrainConfig wanted) throws IOException {
    return TeacherFile.check(SearchedModel.check(SourceModel.check(wanted)));
  }
}
