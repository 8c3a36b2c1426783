package io.github.repvgg4j.accelerate.chain;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One step of a network, as the chain runs it. Sources are names of other nodes or of the input.
 */
public sealed interface ChainNode {

  String name();

  List<String> sources();

  /**
   * A range of the flat parameter vector.
   *
   * @param offset of its first number
   * @param length its numbers
   */
  record Slice(long offset, long length) {

    /** Where a view of the flat vector lies in it. */
    static Slice of(INDArray view, INDArray flat) {
      return new Slice(view.offset() - flat.offset(), view.length());
    }
  }

  /**
   * A convolution without bias.
   *
   * @param weights {@code [out, in / groups, kH, kW]} in C order
   * @param dilation as oneDNN counts: 0 for a dense kernel
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Convolution(
      String name,
      String source,
      long in,
      long out,
      int groups,
      long[] kernel,
      long[] stride,
      long[] padding,
      long[] dilation,
      Slice weights)
      implements ChainNode {

    @Override
    public List<String> sources() {
      return List.of(source);
    }
  }

  /**
   * BatchNorm by the batch's own statistics.
   *
   * @param decay share of the old running statistics that is kept
   */
  record Norm(
      String name,
      String source,
      double eps,
      double decay,
      Slice gamma,
      Slice beta,
      Slice mean,
      Slice variance)
      implements ChainNode {

    @Override
    public List<String> sources() {
      return List.of(source);
    }
  }

  /** The sum of its sources, with a ReLU after it or without. */
  record Sum(String name, List<String> sources, boolean relu) implements ChainNode {}

  /**
   * The maximum of each window, without padding.
   *
   * @param kernel sides of a window
   */
  @SuppressWarnings("ArrayRecordComponent")
  record MaxPool(String name, String source, long[] kernel, long[] stride) implements ChainNode {

    @Override
    public List<String> sources() {
      return List.of(source);
    }
  }

  /**
   * Global average pooling, a linear layer, softmax or sigmoid, and a loss.
   *
   * @param weights {@code [features, classes]} in Fortran order
   */
  record Head(
      String name,
      String source,
      long features,
      long classes,
      Slice weights,
      Slice bias,
      HeadLoss loss)
      implements ChainNode {

    @Override
    public List<String> sources() {
      return List.of(source);
    }
  }

  /**
   * Squeeze-and-excitation: every channel times a gate, which two linear maps make of the channels'
   * means, with a ReLU between them and a sigmoid behind.
   */
  record Gate(String name, String source, Map down, Map up) implements ChainNode {

    @Override
    public List<String> sources() {
      return List.of(source);
    }
  }

  /**
   * A linear map with a bias.
   *
   * @param weights {@code [out, in]} in C order
   */
  record Map(long in, long out, Slice weights, Slice bias) {}
}
