package io.github.repvgg4j.accelerate.chain;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Loss and gradient of a graph in one piece, in place of Deeplearning4j's {@code
 * computeGradientAndScore}. Reads the graph's own parameters and leaves them as they are. Not
 * thread-safe.
 */
public interface TrainingChain extends AutoCloseable {

  /**
   * Loss and gradient of a batch.
   *
   * @param features {@code [N, C, H, W]} FLOAT
   * @param targets {@code [N, classes]} FLOAT, rows sum to 1; of a chain with a {@link
   *     Distillation} also {@code [N, 2 classes]}, as that says
   * @return the mean loss, without a teacher the cross-entropy; {@link #gradient} then holds this
   *     batch's gradient
   * @throws ChainUnsupportedException when there is no code for this shape
   */
  double compute(INDArray features, INDArray targets) throws ChainUnsupportedException;

  /**
   * {@code [1, P]}, in the order of the graph's parameters: the gradient's sum over the batch, and
   * for BatchNorm's running mean and variance their step (to be subtracted as it is).
   */
  INDArray gradient();

  /** What the graph was read as; the head is the last. */
  List<ChainNode> nodes();

  /** Bytes of activations and working copies of all shapes seen. */
  long bytes();

  @Override
  void close();

  /** Channels of the images. */
  default long channels() {
    return nodes().stream()
        .filter(ChainNode.Convolution.class::isInstance)
        .map(ChainNode.Convolution.class::cast)
        .findFirst()
        .orElseThrow()
        .in();
  }

  default long classes() {
    return ((ChainNode.Head) nodes().get(nodes().size() - 1)).classes();
  }
}
