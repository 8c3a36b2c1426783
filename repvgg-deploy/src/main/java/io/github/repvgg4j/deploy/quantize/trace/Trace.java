package io.github.repvgg4j.deploy.quantize.trace;

/** A network that can be run with somebody looking on. */
public interface Trace extends AutoCloseable {

  /** Is shown what is computed, in order; the arrays are lent until it returns. */
  interface Observer {

    /** Sees nothing. */
    Observer NOBODY = new Observer() {};

    /**
     * What a node computed before its function.
     *
     * @param sums {@code [batch, C, H, W]}, real numbers
     */
    default void sums(int node, float[] sums, int batch) {}

    /**
     * What a node gives, and the images as node {@code -1}.
     *
     * @param values {@code [batch, C, H, W]}, real numbers
     */
    default void tensor(int node, float[] values, int batch) {}
  }

  /**
   * Runs a batch.
   *
   * @param images {@code [batch, C, H, W]}, normalised
   * @return {@code [batch, classes]}, logits
   */
  float[] run(float[] images, int batch, Observer observer);

  @Override
  void close();
}
