package io.github.repvgg4j.train.config;

import io.github.repvgg4j.accelerate.chain.Distillation;
import io.github.repvgg4j.data.augment.TestTimeAveraging;
import io.github.repvgg4j.data.load.TargetMix;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.train.loop.StepRecipe;
import io.github.repvgg4j.train.optim.Averaging;
import io.github.repvgg4j.train.optim.Course;
import io.github.repvgg4j.train.run.Measure;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The recipe.
 *
 * @param epochs passes over the training images
 * @param batchSize images a batch
 * @param batchSizeSchedule other sizes from some point on
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
 * @param teacher another network that is learned from; null for labels alone
 * @param customL2 the reference's loss on fused kernels in place of the decay of the blocks'
 *     convolutions
 * @param init how weights are drawn
 * @param whitening of the images by the first convolution; null for one that is trained
 * @param lookahead slow weights, which are tested and become the model; null for none
 * @param biasRateFactor of the learning rate of BatchNorm's beta
 * @param minutes that the run may take; null for a run of {@code epochs}
 * @param patience tests without a better one after which the run ends, 0 for no such end
 * @param loss what the network learns to say
 * @param balance what is done for classes of few images
 */
public record TrainingConfig(
    @Limit(min = 1) Integer epochs,
    @Limit(min = 1) Integer batchSize,
    List<BatchSizeConfig> batchSizeSchedule,
    Long seed,
    OptimizerConfig optimizer,
    @Limit(above = 0) Double learningRate,
    ScheduleConfig schedule,
    @Limit(min = 0, below = 1) Double labelSmoothing,
    @Limit(min = 0) Double mixup,
    @Limit(min = 0) Double cutmix,
    @Limit(min = 0, below = 1) Double emaDecay,
    @Limit(min = 0) Double clipNorm,
    @Limit(min = 1) Integer accumulate,
    @Limit(min = 1) Integer evaluateEvery,
    @Limit(min = 1) Integer keepCheckpoints,
    @Limit(min = 0) Double checkpointMinutes,
    Select select,
    TestTimeAveraging testTimeAveraging,
    List<ProgressiveConfig> progressive,
    FineTuneConfig fineTune,
    TeacherConfig teacher,
    Boolean customL2,
    Init init,
    WhiteningConfig whitening,
    LookaheadConfig lookahead,
    @Limit(min = 0) Double biasRateFactor,
    @Limit(above = 0) Double minutes,
    @Limit(min = 0) Integer patience,
    Balance balance,
    Loss loss) {

  private static final Limits LIMITS = Limits.of(TrainingConfig.class);

  static final TrainingConfig DEFAULT =
      new TrainingConfig(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

  /** How weights are drawn. */
  public enum Init {
    /** All from U(-1/sqrt(fanIn), 1/sqrt(fanIn)), as PyTorch does. */
    UNIFORM,
    /** Likewise, but as many filters of a 3x3 convolution as it has inputs pass those on. */
    DIRAC
  }

  /** Which weights are kept as the result. */
  public enum Select {
    BEST,
    LAST
  }

  public TrainingConfig {
    epochs = LIMITS.value("epochs", epochs, 120);
    batchSize = LIMITS.value("batchSize", batchSize, 64);
    batchSizeSchedule =
        batchSizeSchedule == null ? List.of() : BatchSizeConfig.checked(batchSizeSchedule);
    seed = LIMITS.value("seed", seed, 1L);
    optimizer = optimizer == null ? OptimizerConfig.SgdConfig.DEFAULT : optimizer;
    learningRate = LIMITS.value("learningRate", learningRate, optimizer.usualRate(batchSize));
    schedule = schedule == null ? ScheduleConfig.DEFAULT : schedule;
    if (schedule.floor() > learningRate) {
      throw new IllegalArgumentException(
          "schedule.floor: is the last rate; must be at most learningRate, "
              + learningRate
              + ", got "
              + schedule.floor());
    }
    labelSmoothing = LIMITS.value("labelSmoothing", labelSmoothing, 0.0);
    mixup = LIMITS.value("mixup", mixup, 0.0);
    cutmix = LIMITS.value("cutmix", cutmix, 0.0);
    emaDecay = LIMITS.value("emaDecay", emaDecay, 0.0);
    clipNorm = LIMITS.value("clipNorm", clipNorm, 0.0);
    accumulate = LIMITS.value("accumulate", accumulate, 1);
    evaluateEvery = LIMITS.value("evaluateEvery", evaluateEvery, 1);
    keepCheckpoints = LIMITS.value("keepCheckpoints", keepCheckpoints, 2);
    checkpointMinutes = LIMITS.value("checkpointMinutes", checkpointMinutes, 10.0);
    select = LIMITS.value("select", select, Select.BEST);
    testTimeAveraging =
        LIMITS.value("testTimeAveraging", testTimeAveraging, TestTimeAveraging.NONE);
    progressive = progressive == null ? List.of() : ProgressiveConfig.checked(progressive);
    if (fineTune != null && optimizer.reparameterized().isPresent()) {
      throw new IllegalArgumentException(
          "optimizer.reparameterize: trains from the start; leave fineTune out, or reparameterize");
    }
    customL2 = LIMITS.value("customL2", customL2, false);
    if (customL2) {
      optimizer.requireDecayInGradient("customL2");
    }
    init = LIMITS.value("init", init, Init.UNIFORM);
    biasRateFactor = LIMITS.value("biasRateFactor", biasRateFactor, 1.0);
    minutes = LIMITS.value("minutes", minutes);
    patience = LIMITS.value("patience", patience, 0);
    balance = LIMITS.value("balance", balance, Balance.NONE);
    loss = LIMITS.value("loss", loss, Loss.SOFTMAX);
    if (loss == Loss.SIGMOID && balance != Balance.NONE) {
      throw new IllegalArgumentException(
          "balance: counts classes that exclude each other alike; with loss: sigmoid use none");
    }
    exclude("loss: sigmoid", loss == Loss.SIGMOID, "teacher", teacher != null);
    exclude("balance: weights", balance == Balance.WEIGHTS, "teacher", teacher != null);
    exclude("lookahead", lookahead != null, "emaDecay", emaDecay > 0);
    exclude("whitening", whitening != null, "fineTune", fineTune != null);
    exclude("whitening", whitening != null, "customL2", customL2);
    exclude("init: dirac", init == Init.DIRAC, "fineTune", fineTune != null);
  }

  private static void exclude(String one, boolean hasOne, String other, boolean hasOther) {
    if (hasOne && hasOther) {
      throw new IllegalArgumentException(one + ": excludes " + other + "; remove one of them");
    }
  }

  /** The defaults but for these. */
  public static TrainingConfig of(int epochs, int batchSize, double learningRate, long seed) {
    return new TrainingConfig(
        epochs,
        batchSize,
        null,
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

  /** The same with other constants of RepOptimizer. */
  public TrainingConfig withReparameterize(ReparameterizeConfig changed) {
    return with(optimizer.withReparameterize(changed), fineTune, teacher);
  }

  public TrainingConfig withFineTune(FineTuneConfig changed) {
    return with(optimizer, changed, teacher);
  }

  public TrainingConfig withTeacher(TeacherConfig changed) {
    return with(optimizer, fineTune, changed);
  }

  private TrainingConfig with(
      OptimizerConfig changedOptimizer, FineTuneConfig changed, TeacherConfig changedTeacher) {
    return new TrainingConfig(
        epochs,
        batchSize,
        batchSizeSchedule,
        seed,
        changedOptimizer,
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
        changedTeacher,
        customL2,
        init,
        whitening,
        lookahead,
        biasRateFactor,
        minutes,
        patience,
        balance,
        loss);
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

  /** What says which epoch is the best: of the test images, each of which counts alike or not. */
  public Measure measure() {
    if (loss == Loss.SIGMOID) {
      return Measure.MEAN_AVERAGE_PRECISION;
    }
    return balance == Balance.NONE ? Measure.TOP1 : Measure.BALANCED_ACCURACY;
  }

  public TargetMix targets() {
    return new TargetMix(labelSmoothing, mixup, cutmix, loss.labelling());
  }

  /**
   * The updates of the recipe.
   *
   * @param images of an epoch
   * @param input of the network
   */
  public Course course(int images, InputShape input) {
    return Course.of(
        new Course.Extent(images, epochs, accumulate),
        BatchSizeConfig.sizes(batchSize, batchSizeSchedule),
        epoch -> {
          InputShape size = trainingSize(epoch, input);
          return (double) size.height() * size.width() / (input.height() * input.width());
        });
  }

  /**
   * What a run ends before, so that it never happens: keys and values, from {@code training} on.
   */
  public List<String> unreached(Course course) {
    List<String> keys = new ArrayList<>();
    schedule.unreached(course).forEach(key -> keys.add("schedule." + key));
    long last = course.updates() - 1;
    batchSizeSchedule.stream()
        .filter(step -> !step.holds(course.epochsIn(last), last))
        .forEach(step -> keys.add("batchSizeSchedule: " + step.text()));
    progressive.stream()
        .filter(step -> step.untilEpoch() >= epochs)
        .forEach(step -> keys.add("progressive: untilEpoch " + step.untilEpoch()));
    if (lookahead != null && lookahead.startEpoch() >= epochs) {
      keys.add("lookahead.startEpoch: " + lookahead.startEpoch());
    } else if (lookahead != null
        && course.updates() - course.updatesIn(lookahead.startEpoch()) < lookahead.every()) {
      keys.add("lookahead.every: " + lookahead.every());
    }
    // The first test is always the best so far, and the last one ends the run anyway.
    if (minutes == null && patience > Math.max(0, (epochs - 1) / evaluateEvery - 1)) {
      keys.add("patience: " + patience);
    }
    return keys;
  }

  /**
   * For batches of one size.
   *
   * @param batchesPerEpoch of the training images
   */
  public StepRecipe recipe(int batchesPerEpoch) {
    return recipe(Course.uniform(batchesPerEpoch, epochs, accumulate));
  }

  public StepRecipe recipe(Course course) {
    Averaging averaging =
        lookahead != null
            ? lookahead.averaging(course)
            : emaDecay > 0 ? new Averaging.Exponential(emaDecay) : Averaging.NONE;
    return new StepRecipe(
        optimizer.rule(),
        schedule.schedule(learningRate, course),
        clipNorm,
        accumulate,
        averaging,
        new StepRecipe.Rates(
            fineTune == null ? 1 : fineTune.backboneLearningRateFactor(),
            biasRateFactor,
            whitening == null
                ? OptionalLong.empty()
                : OptionalLong.of(course.updatesIn(whitening.biasEpochs()))),
        customL2,
        teacher == null ? Distillation.NONE : teacher.distillation());
  }
}
