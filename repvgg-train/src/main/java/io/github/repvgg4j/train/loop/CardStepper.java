package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.cuda.chain.DeviceTrainer;
import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.train.optim.Moment;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Steps on a card. The host's arrays are a copy, brought up to date when they are asked for. */
final class CardStepper implements Stepper {

  private final CudaDevice device;
  private final DeviceTrainer trainer;
  private final ParameterLayout layout;
  private final List<INDArray> copies = new ArrayList<>();
  private final INDArray average;
  private boolean stale;

  CardStepper(ComputationGraph graph, CudaDevice device, DeviceTrainer trainer) {
    this.device = device;
    this.trainer = trainer;
    this.layout = ParameterLayout.of(graph);
    INDArray parameters = graph.params().reshape(1, layout.length());
    copies.add(parameters);
    for (int i = 1; i < trainer.stateVectors(); i++) {
      copies.add(Nd4j.zeros(parameters.dataType(), 1, layout.length()));
    }
    this.average = trainer.hasAverage() ? copies.get(copies.size() - 1) : null;
    this.stale = true;
  }

  @Override
  public int room() {
    return trainer.room();
  }

  @Override
  public void stage(float[] images, long[] shape, float[] targets) {
    trainer.stage(images, shape, targets);
  }

  @Override
  public void stage(INDArray features, INDArray targets) {
    trainer.stage(Floats.values(features), features.shape(), Floats.values(targets));
  }

  @Override
  public void dropStaged() {
    trainer.dropStaged();
  }

  @Override
  public double step(Moment moment, Runnable gradientIsKnown) {
    double loss = trainer.step(moment.learningRate());
    if (!Double.isFinite(loss)) {
      stale = true;
      ParameterLayout.Segment segment = layout.firstNotFinite(state().get(0));
      throw new DivergedException(
          moment.number() - 1,
          segment == null
              ? "the loss is not finite"
              : "the parameters of " + segment.layer() + " (" + segment.key() + ") are not finite");
    }
    gradientIsKnown.run();
    stale = true;
    return loss;
  }

  @Override
  public boolean hasPending() {
    return trainer.hasPending();
  }

  @Override
  public void update(Moment moment) {
    trainer.update(moment.learningRate());
    stale = true;
  }

  @Override
  public List<INDArray> state() {
    if (stale) {
      List<float[]> state = trainer.state();
      for (int i = 0; i < copies.size(); i++) {
        copies.get(i).assign(Floats.array(state.get(i), 1, state.get(i).length));
      }
      stale = false;
    }
    return List.copyOf(copies);
  }

  @Override
  public INDArray average() {
    return average;
  }

  @Override
  public void stateWritten() {
    trainer.restore(copies.stream().map(Floats::values).toList());
    stale = false;
  }

  @Override
  public void close() {
    trainer.close();
    device.close();
  }
}
