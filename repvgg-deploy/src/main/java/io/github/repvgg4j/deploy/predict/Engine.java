package io.github.repvgg4j.deploy.predict;

import io.github.repvgg4j.answer.NoClassMapException;
import io.github.repvgg4j.model.head.Head;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes a network's logits; which arithmetic does it is the implementation's business. */
public interface Engine extends AutoCloseable {

  /** The network's outputs: what makes answers of its logits. */
  List<Head> heads();

  /**
   * Runs the network.
   *
   * @param input {@code [N, C, H, W]}, float32, normalised ({@code [N, H, W, C]} where the network
   *     reads that); not changed
   * @return for each of {@link #heads}, float32, the numbers before its activation; of a classifier
   *     {@code [N, classes]}; the caller's own
   */
  List<INDArray> outputs(INDArray input);

  /**
   * The same of a network with one output.
   *
   * @throws IllegalStateException where it has several
   */
  default INDArray logits(INDArray input) {
    if (heads().size() != 1) {
      throw new IllegalStateException(
          "the network has several outputs: "
              + String.join(", ", heads().stream().map(Head::name).toList()));
    }
    return outputs(input).get(0);
  }

  /**
   * Why arrays of this shape cannot be the network's input; empty where they can.
   *
   * @param shape all axes, images first
   */
  default Optional<String> misfit(List<Long> shape) {
    return Optional.empty();
  }

  /**
   * Which places of an image speak for a class.
   *
   * @throws NoClassMapException one line: the network does not end in a global average pooling and
   *     a linear layer
   */
  default ClassMaps maps() {
    throw new NoClassMapException("this engine does not look into networks");
  }

  /** One line: what computes, and where it is not what was asked for, why. */
  default String description() {
    return "Deeplearning4j";
  }

  /** Gives back what the engine holds outside the heap; nothing by default. */
  @Override
  default void close() {}
}
