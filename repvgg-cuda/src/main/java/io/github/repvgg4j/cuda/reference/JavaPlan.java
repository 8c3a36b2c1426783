package io.github.repvgg4j.cuda.reference;

import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.ConvolutionShape;

/** There is one algorithm: the sum. */
final class JavaPlan implements ConvolutionPlan {

  private static final int WORKSPACE_BYTES = 256;

  private final JavaDevice device;
  private final ConvolutionShape shape;
  private final ConvolutionOptions options;
  private boolean closed;

  JavaPlan(JavaDevice device, ConvolutionShape shape, ConvolutionOptions options) {
    this.device = device;
    this.shape = shape;
    this.options = options;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("a convolution is used after its descriptors were destroyed");
    }
  }

  @Override
  public ConvolutionShape shape() {
    return shape;
  }

  @Override
  public ConvolutionOptions options() {
    return options;
  }

  @Override
  public long workspaceBytes() {
    return WORKSPACE_BYTES;
  }

  @Override
  public String algorithms() {
    return "direct";
  }

  @Override
  public void close() {
    requireOpen();
    device.requireOpen();
    closed = true;
    device.forget(this);
  }
}
