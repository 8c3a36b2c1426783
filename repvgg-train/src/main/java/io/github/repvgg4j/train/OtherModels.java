package io.github.repvgg4j.train;

import io.github.repvgg4j.train.config.ConfigException;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.config.TrainingConfig;
import io.github.repvgg4j.train.run.RunFolder;
import io.github.repvgg4j.train.teacher.TeacherFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The files of other networks that a job names. */
final class OtherModels {

  private OtherModels() {}

  /**
   * A run that replaces one of them before it has ended could not be gone on with.
   *
   * @throws IOException one can't be found
   * @throws ConfigException one is replaced: one line
   */
  static void requireKept(TrainConfig config) throws IOException {
    TrainingConfig recipe = config.training();
    Map<String, String> files = new LinkedHashMap<>();
    if (recipe.fineTune() != null) {
      files.put("fineTune.from", recipe.fineTune().from());
    }
    if (recipe.teacher() != null) {
      files.put("teacher.path", recipe.teacher().path());
    }
    recipe
        .optimizer()
        .reparameterized()
        .ifPresent(searched -> files.put("optimizer.reparameterize.from", searched.from()));
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (RunFolder.replaces(config.folder(), Path.of(file.getValue()))) {
        throw new ConfigException(
            "training."
                + file.getKey()
                + ": "
                + file.getValue()
                + " would be replaced by this run, which could then not be resumed; copy it to"
                + " another folder, or give another output.folder");
      }
    }
  }

  /**
   * Checks them without loading their weights.
   *
   * @return the configuration with their hashes in it
   * @throws IOException one can't be read
   * @throws ConfigException one is not what it should be
   */
  static TrainConfig check(TrainConfig wanted) throws IOException {
    return TeacherFile.check(SearchedModel.check(SourceModel.check(wanted)));
  }
}
