package io.github.repvgg4j.train.config;

import io.github.repvgg4j.archive.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What two configurations share that lead to the same weights. */
public final class Fingerprint {

  private Fingerprint() {}

  /** SHA-256 of the configuration without places, threads and logs, in hexadecimal digits. */
  public static String of(TrainConfig config) {
    TrainConfig essence =
        config
            .withOutput(new TrainConfig.OutputConfig("-", null))
            .withData(config.data().withPath("-").withThreads(1));
    FineTuneConfig fineTune = config.training().fineTune();
    if (fineTune != null) {
      essence = essence.withTraining(config.training().withFineTune(fineTune.withFrom("-")));
    }
    TeacherConfig teacher = essence.training().teacher();
    if (teacher != null) {
      essence = essence.withTraining(essence.training().withTeacher(teacher.withPath("-")));
    }
    Optional<ReparameterizeConfig> scales = essence.training().optimizer().reparameterized();
    if (scales.isPresent()) {
      essence =
          essence.withTraining(essence.training().withReparameterize(scales.get().withFrom("-")));
    }
    return Sha256.of(ConfigFiles.write(essence).getBytes(StandardCharsets.UTF_8));
  }
}
