package io.github.repvgg4j.train.loop;

import io.github.repvgg4j.train.optim.Moment;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Makes steps and holds what they change. Not thread-safe. */
public interface Stepper extends AutoCloseable {

  /** Batches that may be staged now. */
  int room();

  /**
   * Hands over the next batch; steps take them in this order.
   *
   * @param images {@code [N, C, H, W]}, not changed before its step
   * @param targets {@code [N, classes]}, rows sum to 1; likewise
   */
  void stage(float[] images, long[] shape, float[] targets);

  /**
   * The same.
   *
   * @param features {@code [N, C, H, W]}, not closed before its step
   * @param targets {@code [N, classes]}; likewise
   */
  void stage(INDArray features, INDArray targets);

  /** Forgets what was staged and not trained. */
  void dropStaged();

  /**
   * Trains the oldest staged batch.
   *
   * @param moment of the update, where this batch makes one
   * @param gradientIsKnown run between gradient and update
   * @return the mean loss before the step
   * @throws DivergedException when the loss is not finite; parameters are left as they were
   */
  double step(Moment moment, Runnable gradientIsKnown);

  /**
   * While a step's {@code gradientIsKnown} runs: lets the graph's own gradient be the batch's,
   * summed over it.
   *
   * @return false where it can't be shown
   */
  default boolean showGradient() {
    return false;
  }

  /** Whether gradients wait for their update. */
  boolean hasPending();

  /** Applies the gradients that wait. */
  void update(Moment moment);

  /**
   * The graph's parameters, the rule's vectors, the average where there is one: each {@code [1, P]}
   * and up to date.
   */
  List<INDArray> state();

  /** The average among {@link #state}, or null. */
  INDArray average();

  /** Something else was written into {@link #state}'s arrays: steps go on from that. */
  void stateWritten();

  @Override
  void close();
}
