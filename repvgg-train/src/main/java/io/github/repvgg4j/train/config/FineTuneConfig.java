package io.github.repvgg4j.train.config;

import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;

/**
 * Training that goes on from another network's weights.
 *
 * @param from a training form: model.zip of a run or of import-weights; relative to the working
 *     directory
 * @param sha256 of that file; filled in by the run, and checked where it is given
 * @param freezeStages stages 0 to freezeStages - 1 stay as they are, 0 for none, 5 for all but the
 *     linear layer
 * @param backboneLearningRateFactor of all but the linear layer
 */
public record FineTuneConfig(
    @Limit(required = true, path = true, example = "runs/pets/model.zip") String from,
    String sha256,
    @Limit(min = 0, max = 5) Integer freezeStages,
    @Limit(min = 0) Double backboneLearningRateFactor) {

  private static final Limits LIMITS = Limits.of(FineTuneConfig.class);

  public FineTuneConfig {
    from = LIMITS.value("from", from);
    freezeStages = LIMITS.value("freezeStages", freezeStages, 0);
    backboneLearningRateFactor =
        LIMITS.value("backboneLearningRateFactor", backboneLearningRateFactor, 0.1);
  }

  public FineTuneConfig withSha256(String hash) {
    return new FineTuneConfig(from, hash, freezeStages, backboneLearningRateFactor);
  }
}
