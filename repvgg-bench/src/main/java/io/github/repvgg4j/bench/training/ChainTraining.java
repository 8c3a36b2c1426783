package io.github.repvgg4j.bench.training;

import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.train.loop.ChainGradient;
import io.github.repvgg4j.train.loop.GraphTrainer;
import io.github.repvgg4j.train.loop.StepRecipe;
import io.github.repvgg4j.train.optim.Schedule;
import io.github.repvgg4j.train.optim.UpdateRule;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A step as repvgg-train takes it: the gradient by one chain of primitives, this project's update.
 */
record ChainTraining(GraphTrainer trainer, INDArray images, INDArray labels)
    implements TrainingContender {

  static final String FP32 = "repvgg-train-fp32";
  static final String DIRECT = "repvgg-train-fp32-direct";
  static final String BF16 = "repvgg-train-bf16";

  static ChainTraining open(
      Precision precision,
      Convolutions convolutions,
      RepVggSpec spec,
      INDArray images,
      INDArray labels) {
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(3));
    Accelerator.enable(graph, AccelerationMode.REQUIRE);
    var source =
        ChainGradient.orGraph(
            graph,
            AccelerationMode.REQUIRE,
            new ChainGradient.Wanted(
                precision, convolutions, spec.input().height(), spec.input().width()));
    var recipe = StepRecipe.of(new UpdateRule.Sgd(0, false, 0), new Schedule.Constant(0.01));
    return new ChainTraining(new GraphTrainer(graph, recipe, source), images, labels);
  }

  @Override
  public void step() {
    trainer.step(images, labels);
  }

  @Override
  public void close() {
    trainer.close();
  }
}
