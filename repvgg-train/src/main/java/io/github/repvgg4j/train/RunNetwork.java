package io.github.repvgg4j.train;

import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.model.FeatureTaps;
import io.github.repvgg4j.model.NetworkTail;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.config.Balance;
import io.github.repvgg4j.train.config.FineTuneConfig;
import io.github.repvgg4j.train.config.Loss;
import io.github.repvgg4j.train.config.ReparameterizeConfig;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.CardEngine;
import io.github.repvgg4j.train.loop.DeviceChoice;
import io.github.repvgg4j.train.loop.HostEngine;
import io.github.repvgg4j.train.loop.MultipliedGradient;
import io.github.repvgg4j.train.loop.StepEngine;
import io.github.repvgg4j.train.loop.StepEngines;
import io.github.repvgg4j.train.reparameterize.Reparameterization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The network of a run, and the part of it that is trained: all of it, or what follows the frozen
 * stages. Both are graphs on one parameter array.
 *
 * @param whole for testing and saving
 * @param trained its end, or the whole
 * @param frozenStages stages in front of {@code trained}
 * @param engine of the steps of {@code trained}
 * @param acceleration in words
 * @param notes where its weights come from, a line each
 */
record RunNetwork(
    ComputationGraph whole,
    ComputationGraph trained,
    int frozenStages,
    StepEngine engine,
    String acceleration,
    List<String> notes) {

  /**
   * Draws the weights from the seed, or takes them over from the model to be fine-tuned.
   *
   * @param classes of the training images
   */
  static RunNetwork of(
      TrainConfig config,
      RepVggSpec spec,
      ClassBalance classes,
      Collection<TrainingListener> listeners)
      throws IOException {
    List<String> notes = new ArrayList<>();
    ComputationGraph whole = InitialWeights.of(spec, config.training());
    FineTuneConfig fineTune = config.training().fineTune();
    int frozen = fineTune == null ? 0 : fineTune.freezeStages();
    if (fineTune != null) {
      boolean sameClasses = SourceModel.copyTo(whole, classes.labels(), fineTune);
      notes.add(
          "weights of "
              + fineTune.from()
              + (sameClasses ? ", with its linear layer, " : ", with a new linear layer, ")
              + frozen
              + " of 5 stages frozen");
    }
    Optional<ReparameterizeConfig> scales = config.training().optimizer().reparameterized();
    Reparameterization constants = null;
    if (scales.isPresent()) {
      constants = SearchedModel.load(scales.get(), spec);
      constants.initialize(whole, config.training().seed());
      notes.add("gradients times the constants of " + scales.get().from());
    }
    String layers = Accelerator.enable(whole, config.backend().accelerate()).counts();
    ComputationGraph trained = whole;
    InputShape input = spec.input();
    if (frozen > 0) {
      trained = NetworkTail.of(whole, spec, frozen);
      input = spec.outputOf(frozen - 1);
      Accelerator.enable(trained, config.backend().accelerate());
      layers += "; " + frozen + " of 5 stages frozen";
    }
    if (config.training().loss() == Loss.SIGMOID) {
      SigmoidHead.giveTo(whole);
      SigmoidHead.giveTo(trained);
    }
    if (config.training().balance() == Balance.WEIGHTS) {
      classes.weigh(whole);
      classes.weigh(trained);
    }
    trained.setListeners(listeners);
    StepEngine engine =
        StepEngines.of(
            trained,
            config.training().recipe(1),
            device(config),
            new CardEngine.Wanted(
                config.backend().precision().arithmetic(),
                config.backend().algorithms(),
                input.height(),
                input.width()),
            config.backend().convolutions(),
            config.backend().accelerate());
    if (constants != null) {
      engine = multiplied(engine, constants.multipliers(trained));
    }
    return new RunNetwork(
        whole, trained, frozen, engine, layers + "; " + engine.description(), notes);
  }

  /** Constants are multiplied in on the CPU. */
  private static DeviceChoice device(TrainConfig config) {
    return config.training().optimizer().reparameterized().isEmpty()
        ? config.backend().device()
        : DeviceChoice.CPU;
  }

  private static StepEngine multiplied(StepEngine engine, INDArray multipliers) {
    return new HostEngine(new MultipliedGradient(((HostEngine) engine).source(), multipliers));
  }

  /**
   * What the last frozen stage makes of images, in inference mode.
   *
   * @param images {@code [N, C, H, W]}
   * @return {@code [N, C', H', W']}; the caller closes it
   */
  INDArray frozenFeatures(INDArray images) {
    int last = frozenStages - 1;
    return FeatureTaps.of(whole).outputs(whole, images, List.of(last)).get(last);
  }

  /** The trained part counts iterations and epochs; the zip is to name them. */
  void takeCounts() {
    ComputationGraphConfiguration counts = trained.getConfiguration();
    whole.getConfiguration().setIterationCount(counts.getIterationCount());
    whole.getConfiguration().setEpochCount(counts.getEpochCount());
  }
}
