package io.github.repvgg4j.cuda.device;

/** A convolution's three directions with the algorithms chosen for its shape. */
public interface ConvolutionPlan extends AutoCloseable {

  ConvolutionShape shape();

  ConvolutionOptions options();

  /** Of the three directions the most that one needs. */
  long workspaceBytes();

  /** The algorithms, for logs. */
  String algorithms();

  @Override
  void close();
}
