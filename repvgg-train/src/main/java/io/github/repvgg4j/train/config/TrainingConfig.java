package io.github.repvgg4j.train.config;

import io.github.repvgg4j.data.TargetMix;
import io.github.repvgg4j.data.TestTimeAveraging;
import io.github.repvgg4j.model.InputShape;
import io.github.repvgg4j.train.loop.GraphTrainer;
import java.util.List;

/**
 * The recipe.
 *
 * @param epochs passes over the training images
 * @param batchSize images a batch
 * @param seed of weights, order and augmentation
 * @param optimizer update rule
 * @param learningRate highest rate of the schedule
 * @param schedule its curve
 * @param labelSmoothing share spread over all classes
 * @param mixup alpha, 0 for none
 * @param cutmix alpha, 0 for none
 * @param emaDecay of the averaged weights, 0 for none
 * @param clipNorm largest gradient norm, 0 for no limit
 * @param accumulate batches a step
 * @param evaluateEvery epochs between tests; the last epoch is always tested
 * @param keepCheckpoints how many of the newest checkpoints are kept
 * @param checkpointMinutes a checkpoint within an epoch after so many minutes, 0 for none
 * @param select which weights become model.zip: best (by test accuracy) or last
 * @param testTimeAveraging whether model.zip is tested a second time, with mirrored copies averaged
 * @param progressive other sizes of the training images in the first epochs
 * @param fineTune weights to go on from; null for weights drawn from the seed
 * @param customL2 the reference's loss on fused kernels in place of the decay of the blocks'
 *     convolutions
 */
public record TrainingConfig(
    Integer epochs,
    Integer batchSize,
    Long seed,
    OptimizerConfig optimizer,
    Double learningRate,
    ScheduleConfig schedule,
    Double labelSmoothing,
    Double mixup,
    Double cutmix,
    Double emaDecay,
    Double clipNorm,
    Integer accumulate,
    Integer evaluateEvery,
    Integer keepCheckpoints,
    Double checkpointMinutes,
    Select select,
    TestTimeAveraging testTimeAveraging,
    List<ProgressiveConfig> progressive,
    FineTuneConfig fineTune,
    Boolean customL2) {

  static final TrainingConfig DEFAULT =
      new TrainingConfig(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null);

  /** Which weights are kept as the result. */
  public enum Select {
    BEST,
    LAST
  }

  public TrainingConfig {
    epochs = Check.atLeast(1, "epochs", epochs, 120);
    batchSize = Check.atLeast(1, "batchSize", batchSize, 64);
    seed = Check.orElse(seed, 1L);
    optimizer = optimizer == null ? new OptimizerConfig.SgdConfig(null, null, null) : optimizer;
    learningRate = Check.positive("learningRate", learningRate, 0.1 * batchSize / 256);
    schedule = schedule == null ? ScheduleConfig.DEFAULT : schedule;
    labelSmoothing = Check.within(0, 1, "labelSmoothing", labelSmoothing, 0);
    mixup = Check.notNegative("mixup", mixup, 0);
    cutmix = Check.notNegative("cutmix", cutmix, 0);
    emaDecay = Check.within(0, 1, "emaDecay", emaDecay, 0);
    clipNorm = Check.notNegative("clipNorm", clipNorm, 0);
    accumulate = Check.atLeast(1, "accumulate", accumulate, 1);
    evaluateEvery = Check.atLeast(1, "evaluateEvery", evaluateEvery, 1);
    keepCheckpoints = Check.atLeast(1, "keepCheckpoints", keepCheckpoints, 2);
    checkpointMinutes = Check.notNegative("checkpointMinutes", checkpointMinutes, 10);
    select = Check.orElse(select, Select.BEST);
    testTimeAveraging = Check.orElse(testTimeAveraging, TestTimeAveraging.NONE);
    progressive = progressive == null ? List.of() : ProgressiveConfig.checked(progressive);
    customL2 = Check.orElse(customL2, false);
    if (customL2) {
      optimizer.requireDecayInGradient("customL2");
    }
  }

  /** The defaults but for these. */
  public static TrainingConfig of(int epochs, int batchSize, double learningRate, long seed) {
    return new TrainingConfig(
        epochs,
        batchSize,
        seed,
        null,
        learningRate,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  public TrainingConfig withFineTune(FineTuneConfig changed) {
    return new TrainingConfig(
        epochs,
        batchSize,
        seed,
        optimizer,
        learningRate,
        schedule,
        labelSmoothing,
        mixup,
        cutmix,
        emaDecay,
        clipNorm,
        accumulate,
        evaluateEvery,
        keepCheckpoints,
        checkpointMinutes,
        select,
        testTimeAveraging,
        progressive,
        changed,
        customL2);
  }

  /**
   * Size of the training images in an epoch.
   *
   * @param epoch from 0
   * @param input of the network
   */
  public InputShape trainingSize(int epoch, InputShape input) {
    return ProgressiveConfig.size(progressive, epoch, input);
  }

  public TargetMix targets() {
    return new TargetMix(labelSmoothing, mixup, cutmix);
  }

  /**
   * @param batchesPerEpoch of the training images
   */
  public GraphTrainer.Recipe recipe(int batchesPerEpoch) {
    long iterations = (batchesPerEpoch + accumulate - 1L) / accumulate;
    return new GraphTrainer.Recipe(
        optimizer.rule(),
        schedule.schedule(learningRate, epochs, iterations),
        clipNorm,
        accumulate,
        emaDecay,
        fineTune == null ? 1 : fineTune.backboneLearningRateFactor(),
        customL2);
  }
}
