package io.github.repvgg4j.train.optim;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * How a gradient changes parameters. {@link Sgd} and {@link AdamW} are PyTorch 1.13's ({@code
 * torch.optim}). All arrays are row vectors {@code [1, P]} of one data type, FLOAT or DOUBLE; a
 * step allocates nothing that grows with P beyond what it says.
 */
public sealed interface UpdateRule permits UpdateRule.Sgd, UpdateRule.AdamW, UpdateRule.Dl4j {

  /** Vectors of length P that the rule remembers between steps. */
  int stateVectors();

  /** What they hold at the start. */
  default double initialState() {
    return 0;
  }

  /** Strength of the weight decay where the mask of {@link Vectors#decayed} is 1. */
  double weightDecay();

  /**
   * Changes parameters and state in place; the gradient and the scratch vector are used up.
   *
   * @param step number of this step, from 1
   */
  void apply(Vectors vectors, double learningRate, long step);

  /**
   * What a step works on.
   *
   * @param parameters changed in place
   * @param gradient mean over the batch; overwritten
   * @param decayed 1 where weight decay applies, else 0
   * @param rates factors of the learning rate; null where all are 1
   * @param scratch overwritten
   * @param state {@link UpdateRule#stateVectors} vectors, changed in place
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Vectors(
      INDArray parameters,
      INDArray gradient,
      INDArray decayed,
      INDArray rates,
      INDArray scratch,
      INDArray[] state) {}

  /**
   * Stochastic gradient descent: {@code v = momentum v + g}, {@code p -= lr v}, with Nesterov
   * {@code p -= lr (g + momentum v)}; weight decay is added to the gradient. Differs from DL4J's
   * {@code Nesterovs}, whose velocity contains the learning rate.
   */
  record Sgd(double momentum, boolean nesterov, double weightDecay) implements UpdateRule {

    public Sgd {
      if (nesterov && momentum == 0) {
        throw new IllegalArgumentException("nesterov: needs a momentum greater than 0");
      }
    }

    @Override
    public int stateVectors() {
      return momentum == 0 ? 0 : 1;
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      decayInGradient(v, weightDecay);
      INDArray update = v.gradient;
      if (momentum != 0) {
        INDArray velocity = v.state[0];
        velocity.muli(momentum).addi(v.gradient);
        if (nesterov) {
          axpy(momentum, velocity, v.gradient);
        } else {
          update = velocity;
        }
      }
      descend(v, learningRate, update);
    }
  }

  /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
  record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
      implements UpdateRule {

    @Override
    public int stateVectors() {
      return 2;
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      if (weightDecay != 0) {
        v.parameters.muli(v.decayed, v.scratch);
        descend(v, learningRate * weightDecay, v.scratch);
      }
      INDArray mean = v.state[0];
      INDArray square = v.state[1];
      mean.muli(beta1);
      axpy(1 - beta1, v.gradient, mean);
      v.gradient.muli(v.gradient, v.scratch);
      square.muli(beta2);
      axpy(1 - beta2, v.scratch, square);
      v.scratch.assign(square);
      Transforms.sqrt(v.scratch, false);
      v.scratch.divi(Math.sqrt(1 - Math.pow(beta2, step))).addi(epsilon);
      mean.divi(v.scratch, v.gradient);
      descend(v, learningRate / (1 - Math.pow(beta1, step)), v.gradient);
    }
  }

  /**
   * An updater of Deeplearning4j; its step is ND4J's own. Weight decay is added to the gradient, as
   * Deeplearning4j's {@code l2} is.
   */
  record Dl4j(Dl4jUpdater updater, double weightDecay) implements UpdateRule {

    @Override
    public int stateVectors() {
      return updater.stateKeys().size();
    }

    @Override
    public double initialState() {
      return updater.initialState();
    }

    @Override
    public void apply(Vectors v, double learningRate, long step) {
      decayInGradient(v, weightDecay);
      Map<String, INDArray> state = new HashMap<>();
      for (int i = 0; i < v.state.length; i++) {
        state.put(updater.stateKeys().get(i), v.state[i]);
      }
      updater
          .at(learningRate)
          .instantiate(state, false)
          .applyUpdater(v.gradient, Math.toIntExact(step - 1), 0);
      descend(v, 1, v.gradient);
    }
  }

  private static void decayInGradient(Vectors v, double weightDecay) {
    if (weightDecay != 0) {
      v.parameters.muli(v.decayed, v.scratch);
      axpy(weightDecay, v.scratch, v.gradient);
    }
  }

  /** p -= rate rates update; the scratch vector may hold the update. */
  private static void descend(Vectors v, double rate, INDArray update) {
    INDArray scaled = v.rates == null ? update : update.muli(v.rates, v.scratch);
    axpy(-rate, scaled, v.parameters);
  }

  /** y += a x. */
  private static void axpy(double a, INDArray x, INDArray y) {
    Nd4j.getBlasWrapper().level1().axpy(x.length(), a, x, y);
  }
}
