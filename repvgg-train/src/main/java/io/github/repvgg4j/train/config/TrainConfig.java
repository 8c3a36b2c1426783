package io.github.repvgg4j.train.config;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.model.ModelConfig;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.BlockKind.Follower;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.train.loop.DeviceChoice;
import io.github.repvgg4j.train.loop.Whitening;
import io.github.repvgg4j.yaml.Limit;
import io.github.repvgg4j.yaml.Limits;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A training job. {@code docs/training.md} lists each key with default and unit.
 *
 * @param preset name of the frozen recipe under the other keys; null for none
 * @param model the network
 * @param data the images
 * @param training the recipe
 * @param backend how it is computed
 * @param output where the results go
 */
public record TrainConfig(
    String preset,
    ModelConfig model,
    DataConfig data,
    TrainingConfig training,
    BackendConfig backend,
    OutputConfig output) {

  /** For what does not depend on them. */
  private static final int ANY_CLASSES = 2;

  public TrainConfig {
    if (model == null || data == null || output == null) {
      throw new IllegalArgumentException(
          model == null
              ? "model: is required, such as model: {variant: A0}"
              : data == null
                  ? "data: is required, such as data: {path: my-images}"
                  : "output: is required, such as output: {folder: runs/pets}");
    }
    List<Integer> input = model.input();
    data = data.forInput(new InputShape(input.get(0), input.get(1), input.get(2)));
    training = training == null ? TrainingConfig.DEFAULT : training;
    requireBlocksThatFit(model.spec(ANY_CLASSES), training);
    requireSizesThatFit(model.spec(ANY_CLASSES), training);
    backend = backend == null ? new BackendConfig(null, null, null, null, null) : backend;
    if (backend.device() == DeviceChoice.CUDA
        && training.optimizer().reparameterized().isPresent()) {
      throw new IllegalArgumentException(
          "backend.device: cards know no training.optimizer.reparameterize; use cpu");
    }
  }

  /** What speaks of branches needs blocks that have them, or have none. */
  private static void requireBlocksThatFit(RepVggSpec spec, TrainingConfig training) {
    BlockOptions options = spec.blockOptions();
    if (training.customL2()
        && (options.kind() != BlockKind.REPVGG || !options.branches().hasPointwise())) {
      throw new IllegalArgumentException(
          "training.customL2: is about RepVGG's 3x3 and 1x1 branches; needs model.block repvgg with"
              + " both");
    }
    if (training.optimizer().reparameterized().isPresent() && options.kind() != BlockKind.PLAIN) {
      throw new IllegalArgumentException(
          "training.optimizer.reparameterize: trains one 3x3 convolution as if it had branches;"
              + " needs model.block: plain, got "
              + options.kind().label());
    }
  }

  private static void requireSizesThatFit(RepVggSpec spec, TrainingConfig training) {
    for (ProgressiveConfig step : training.progressive()) {
      try {
        spec.withInput(training.trainingSize(step.untilEpoch() - 1, spec.input()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "training.progressive: side " + step.side() + ": " + e.getMessage(), e);
      }
    }
  }

  private static void requireWhitens(BlockSpec first, WhiteningConfig whitening) {
    int most = Whitening.filters(first.in(), whitening.patch());
    boolean alone =
        first.kernel() == 3
            && first.form().convolutions() == 1
            && !first.hasPointwise()
            && first.kind().dense() == Follower.NORM
            && first.kind().sum() == Follower.BARE;
    if (!alone || first.out() % 2 != 0 || first.out() > most) {
      throw new ConfigException(
          String.format(
              Locale.ROOT,
              "training.whitening: needs model.block plain (or branches dense-only) and an even"
                  + " width of stage 0 of at most %d (patch %d); its width is %d",
              most,
              whitening.patch(),
              first.out()));
    }
  }

  /**
   * @param device of training's steps: auto, cpu or cuda
   * @param accelerate fast layer helpers and the gradient's chain: auto, off or require
   * @param precision of the gradient's chain: fp32 or bf16
   * @param convolutions of the gradient's chain on the CPU: fastest, direct or winograd
   * @param deterministic whether a card may take only algorithms that give the same bits each time
   */
  public record BackendConfig(
      DeviceChoice device,
      AccelerationMode accelerate,
      TrainingPrecision precision,
      Convolutions convolutions,
      Boolean deterministic) {

    public BackendConfig {
      device = device == null ? DeviceChoice.AUTO : device;
      accelerate = accelerate == null ? AccelerationMode.AUTO : accelerate;
      precision = precision == null ? TrainingPrecision.FP32 : precision;
      convolutions = convolutions == null ? Convolutions.FASTEST : convolutions;
      deterministic = deterministic == null || deterministic;
    }

    public AlgorithmChoice algorithms() {
      return deterministic ? AlgorithmChoice.DETERMINISTIC : AlgorithmChoice.FASTEST;
    }
  }

  /**
   * @param folder of the run; relative to the working directory
   * @param tensorboard whether the run also leaves event files for TensorBoard
   */
  public record OutputConfig(
      @Limit(required = true, path = true, example = "runs/pets") String folder,
      Boolean tensorboard) {

    private static final Limits LIMITS = Limits.of(OutputConfig.class);

    public OutputConfig {
      folder = LIMITS.value("folder", folder);
      tensorboard = tensorboard != null && tensorboard;
    }
  }

  /** The run's folder. */
  public Path folder() {
    return Path.of(output.folder());
  }

  /**
   * The network's structure for a data set of {@code classes} classes.
   *
   * @throws ConfigException one line, where they are too few or not as many as the job says, or the
   *     first convolution can't whiten
   */
  public RepVggSpec spec(int classes) {
    if (classes < 2) {
      throw new ConfigException(
          training.loss() == Loss.SIGMOID
              ? "data.path: its table names one class only; give images that do not show it a class"
                  + " of their own, and leave out training.loss: sigmoid, since each shows one of the"
                  + " two"
              : "data.path: holds images of one class only; a classifier needs at least two, one"
                  + " folder a class in train/");
    }
    Integer wanted = model.numClasses();
    if (wanted != null && wanted != classes) {
      throw new ConfigException(
          "model.numClasses: is "
              + wanted
              + ", but the data has "
              + classes
              + " classes; leave it out to take those");
    }
    RepVggSpec spec = model.spec(classes);
    if (training.whitening() != null) {
      requireWhitens(spec.blocks().get(0), training.whitening());
    }
    return spec;
  }

  /** The same job with its results elsewhere. */
  public TrainConfig withFolder(Path folder) {
    return withOutput(new OutputConfig(folder.toString(), output.tensorboard()));
  }

  public TrainConfig withOutput(OutputConfig changed) {
    return new TrainConfig(preset, model, data, training, backend, changed);
  }

  public TrainConfig withTraining(TrainingConfig changed) {
    return new TrainConfig(preset, model, data, changed, backend, output);
  }

  public TrainConfig withData(DataConfig changed) {
    return new TrainConfig(preset, model, changed, training, backend, output);
  }

  public TrainConfig withModel(ModelConfig changed) {
    return new TrainConfig(preset, changed, data, training, backend, output);
  }
}
