package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.accelerate.AccelerationReport;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.data.image.ImagePreprocessor;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.InitialWeights;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.ChainGradient;
import io.github.repvgg4j.train.loop.GradientSource;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.StepRecipe;
import java.io.Serializable;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * All that an executor needs to build the same trainer as the driver.
 *
 * @param yaml the configuration with all defaults
 * @param classes outputs of the network
 * @param iterationsPerEpoch global iterations, which the schedule counts
 */
record JobDescription(String yaml, int classes, int iterationsPerEpoch) implements Serializable {

  static JobDescription of(TrainConfig config, int classes, int iterationsPerEpoch) {
    return new JobDescription(ConfigFiles.write(config), classes, iterationsPerEpoch);
  }

  TrainConfig config() {
    return ConfigFiles.parse("configuration", yaml);
  }

  RepVggSpec spec() {
    return config().spec(classes);
  }

  ImagePreprocessor preprocessor() {
    return new ImagePreprocessor(config().data().preprocessing(), spec().input());
  }

  /** A network with its optimizer, not accelerated. */
  GraphTrainer trainer() {
    return new GraphTrainer(graph(), recipe());
  }

  /**
   * The same with fast layers and, where it fits and agrees, the gradient as one chain.
   *
   * @throws RuntimeException where backend.accelerate is require, or backend.precision is not fp32,
   *     and this machine can't
   */
  AcceleratedTrainer acceleratedTrainer() {
    TrainConfig.BackendConfig backend = config().backend();
    ComputationGraph graph = graph();
    AccelerationReport layers = Accelerator.enable(graph, backend.accelerate());
    InputShape input = spec().input();
    GradientSource gradient =
        ChainGradient.orGraph(
            graph,
            backend.accelerate(),
            new ChainGradient.Wanted(
                backend.precision().arithmetic(),
                backend.convolutions(),
                input.height(),
                input.width()));
    return new AcceleratedTrainer(
        new GraphTrainer(graph, recipe(), gradient),
        layers.counts() + "; " + gradient.description());
  }

  private ComputationGraph graph() {
    return InitialWeights.of(spec(), config().training());
  }

  private StepRecipe recipe() {
    return config().training().recipe(iterationsPerEpoch);
  }
}
