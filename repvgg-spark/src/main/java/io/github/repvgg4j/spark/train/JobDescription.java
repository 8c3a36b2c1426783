package io.github.repvgg4j.spark.train;

import io.github.repvgg4j.data.ImagePreprocessor;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.RepVggSpec;
import io.github.repvgg4j.train.config.ConfigFiles;
import io.github.repvgg4j.train.config.TrainConfig;
import io.github.repvgg4j.train.loop.GraphTrainer;
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
    return config().model().spec(classes);
  }

  ImagePreprocessor preprocessor() {
    return new ImagePreprocessor(config().data().preprocessing(), spec().input());
  }

  /** A network with its optimizer, not accelerated yet. */
  GraphTrainer trainer() {
    TrainConfig config = config();
    ComputationGraph graph =
        RepVggGraphs.build(spec(), GraphOptions.withSeed(config.training().seed()));
    return new GraphTrainer(graph, config.training().recipe(iterationsPerEpoch));
  }
}
