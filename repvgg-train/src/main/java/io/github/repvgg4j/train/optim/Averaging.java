package io.github.repvgg4j.train.optim;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A second set of weights beside those that steps change: all parameters, BatchNorm's running
 * statistics among them, as one vector {@code [1, P]}. It is what is tested and becomes the model.
 */
public sealed interface Averaging
    permits Averaging.None, Averaging.Exponential, Averaging.Lookahead {

  /** Only the weights that steps change. */
  Averaging NONE = new None();

  /** Whether there is such a vector; at the start it equals the parameters. */
  default boolean isKept() {
    return true;
  }

  /** After a step: moves the average, and the parameters where the rule says so. */
  void update(INDArray average, INDArray parameters, Moment moment);

  /** No average. */
  record None() implements Averaging {
    @Override
    public boolean isKept() {
      return false;
    }

    @Override
    public void update(INDArray average, INDArray parameters, Moment moment) {}
  }

  /** Keeps the share {@code decay} of the old average each step. */
  record Exponential(double decay) implements Averaging {
    @Override
    public void update(INDArray average, INDArray parameters, Moment moment) {
      move(average, parameters, decay);
    }
  }

  /**
   * Lookahead (Zhang et al., arXiv 1907.08610): every {@code every} steps the slow weights go the
   * share {@code alpha} of the way to the fast ones, which then go on from there; the optimizer's
   * memory stays. With {@code rampPower} 0 that is the paper's; KellerJordan/cifar10-airbench
   * multiplies the share kept, {@code 1 - alpha}, by {@code (t / total)^rampPower}, 3 there, so
   * that weights move fast at first and are averaged at the end. Differs from airbench: fast
   * weights go on at the end of an epoch, where it puts the slow ones into the network.
   *
   * @param start steps, planned, at whose end slow weights part from the fast ones
   * @param total planned steps of the run
   */
  record Lookahead(int every, double alpha, double rampPower, long start, long total)
      implements Averaging {
    @Override
    public void update(INDArray average, INDArray parameters, Moment moment) {
      if (moment.planned() <= start) {
        average.assign(parameters);
      } else if (moment.number() % every == 0) {
        double ramp = Math.pow((double) moment.planned() / total, rampPower);
        move(average, parameters, (1 - alpha) * ramp);
        parameters.assign(average);
      }
    }
  }

  private static void move(INDArray average, INDArray parameters, double kept) {
    average.muli(kept);
    Nd4j.getBlasWrapper().level1().axpy(average.length(), 1 - kept, parameters, average);
  }
}
