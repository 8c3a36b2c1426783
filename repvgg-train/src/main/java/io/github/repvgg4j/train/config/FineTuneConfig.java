package io.github.repvgg4j.train.config;

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
    String from, String sha256, Integer freezeStages, Double backboneLearningRateFactor) {

  private static final int STAGES = 5;

  public FineTuneConfig {
    if (from == null || from.isBlank()) {
      throw new IllegalArgumentException("from: is required");
    }
    freezeStages = Check.orElse(freezeStages, 0);
    if (freezeStages < 0 || freezeStages > STAGES) {
      throw new IllegalArgumentException(
          "freezeStages: must be 0 (none) to 5 (all but the linear layer), got " + freezeStages);
    }
    backboneLearningRateFactor =
        Check.notNegative("backboneLearningRateFactor", backboneLearningRateFactor, 0.1);
  }

  /** The same weights, whatever the file is called. */
  public FineTuneConfig withFrom(String file) {
    return new FineTuneConfig(file, sha256, freezeStages, backboneLearningRateFactor);
  }

  public FineTuneConfig withSha256(String hash) {
    return new FineTuneConfig(from, hash, freezeStages, backboneLearningRateFactor);
  }
}
