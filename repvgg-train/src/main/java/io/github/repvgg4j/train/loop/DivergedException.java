package io.github.repvgg4j.train.loop;

/** The loss is no number any more. The message names iteration and layer. */
public final class DivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DivergedException(long iteration, String where) {
    super(
        "training diverged at iteration "
            + iteration
            + ": "
            + where
            + "; lower training.learningRate, lengthen training.schedule.warmupEpochs or set"
            + " training.clipNorm");
  }
}
