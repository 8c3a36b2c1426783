package io.github.repvgg4j.bench.training;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.repvgg4j.accelerate.AccelerationMode;
import io.github.repvgg4j.accelerate.Accelerator;
import io.github.repvgg4j.bench.engine.Engines;
import io.github.repvgg4j.bench.engine.PyTorchBlocks;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.spec.RepVggSpec;
import java.nio.file.Path;
import java.util.Random;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** One engine that trains on one batch again and again, plain SGD. */
interface TrainingContender extends AutoCloseable {

  /** Forward, backward, update. */
  void step();

  @Override
  void close();

  /**
   * @param python with torch, for {@link TorchTraining}
   */
  static TrainingContender open(String engine, RepVggSpec spec, int batch, Path python) {
    return switch (engine) {
      case TorchTraining.NAME -> TorchTraining.open(python, spec, batch);
      case Engines.PYTORCH -> pytorch(spec, batch);
      case ChainTraining.FP32 -> chain(Precision.FP32, Convolutions.FASTEST, spec, batch);
      case ChainTraining.DIRECT -> chain(Precision.FP32, Convolutions.DIRECT, spec, batch);
      case ChainTraining.BF16 -> chain(Precision.BF16, Convolutions.FASTEST, spec, batch);
      case Engines.DL4J_STOCK, Engines.DL4J_ACCELERATED -> dl4j(engine, spec, batch);
      default -> throw new IllegalArgumentException("no engine '" + engine + "'");
    };
  }

  private static TrainingContender chain(
      Precision precision, Convolutions convolutions, RepVggSpec spec, int batch) {
    return ChainTraining.open(
        precision, convolutions, spec, array(spec, batch), labels(spec, batch));
  }

  private static INDArray array(RepVggSpec spec, int batch) {
    return Nd4j.createFromArray(images(spec, batch))
        .reshape(batch, 3, spec.input().height(), spec.input().width());
  }

  private static INDArray labels(RepVggSpec spec, int batch) {
    INDArray labels = Nd4j.zeros(batch, spec.numClasses());
    for (int i = 0; i < batch; i++) {
      labels.putScalar(i, i % spec.numClasses(), 1);
    }
    return labels;
  }

  private static float[] images(RepVggSpec spec, int batch) {
    Random random = new Random(5);
    float[] values = new float[batch * 3 * spec.input().height() * spec.input().width()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static TrainingContender dl4j(String engine, RepVggSpec spec, int batch) {
    ComputationGraph graph =
        RepVggGraphs.build(spec, GraphOptions.withSeed(3).withUpdater(new Sgd(0.01)));
    Accelerator.enable(
        graph, engine.equals(Engines.DL4J_STOCK) ? AccelerationMode.OFF : AccelerationMode.REQUIRE);
    DataSet data = new DataSet(array(spec, batch), labels(spec, batch));
    return new TrainingContender() {
      @Override
      public void step() {
        graph.fit(data);
      }

      @Override
      public void close() {
        graph.params().close();
      }
    };
  }

  private static TrainingContender pytorch(RepVggSpec spec, int batch) {
    PyTorchBlocks.useThreads();
    Model model = Model.newInstance("training", "PyTorch");
    model.setBlock(PyTorchBlocks.threeBranch(spec));
    Trainer trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(
                    Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.01f)).build()));
    Shape shape = new Shape(batch, 3, spec.input().height(), spec.input().width());
    trainer.initialize(shape);
    NDManager manager = trainer.getManager();
    NDList images = new NDList(manager.create(images(spec, batch), shape));
    float[] classes = new float[batch];
    for (int i = 0; i < batch; i++) {
      classes[i] = i % spec.numClasses();
    }
    NDList labels = new NDList(manager.create(classes).toType(DataType.INT64, false));
    return new TrainingContender() {
      @Override
      public void step() {
        try (GradientCollector gradients = trainer.newGradientCollector()) {
          NDList answer = trainer.forward(images);
          gradients.backward(trainer.getLoss().evaluate(labels, answer));
          answer.close();
        }
        trainer.step();
      }

      @Override
      public void close() {
        trainer.close();
        model.close();
      }
    };
  }
}
