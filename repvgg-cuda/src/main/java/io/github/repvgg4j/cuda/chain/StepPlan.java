package io.github.repvgg4j.cuda.chain;

import io.github.repvgg4j.cuda.device.CudaDevice;
import io.github.repvgg4j.cuda.device.DeviceMemory;
import io.github.repvgg4j.cuda.device.Span;
import java.util.List;

/** All calls of a gradient for one input shape, as {@link StepWriter} planned them. */
final class StepPlan implements AutoCloseable {

  private final CudaDevice device;
  private final DeviceParameters parameters;
  private final Parts parts;

  /**
   * What a plan is made of.
   *
   * @param pool all its memory
   * @param convolutions their descriptors
   * @param input images in the convolutions' format
   * @param plainInput the same in float32, or null where that is the format
   * @param statistics step of the running ones
   */
  record Parts(
      MemoryPool pool,
      Convolutions convolutions,
      Tensor input,
      DeviceMemory plainInput,
      List<Runnable> forward,
      HeadPass head,
      List<Runnable> backward,
      NormStatistics statistics) {}

  StepPlan(CudaDevice device, DeviceParameters parameters, Parts parts) {
    this.device = device;
    this.parameters = parameters;
    this.parts = parts;
  }

  /**
   * @param images float32 {@code [N, C, H, W]}
   * @param targets float32 {@code [N, classes]}
   * @return where on the device minus the sum of the images' losses lies
   */
  Span forward(Span images, Span targets) {
    parameters.roundKernels();
    Tensor input = parts.input;
    if (parts.plainInput == null) {
      device.layers().channelsLast(input.shape(), images, input.value());
    } else {
      Span plain = parts.plainInput.span(0, input.shape().elements());
      device.layers().channelsLast(input.shape(), images, plain);
      device.vectors().convert(plain, input.value());
    }
    parts.forward.forEach(Runnable::run);
    parts.head.forward(targets);
    return parts.head.loss();
  }

  /** The gradient, in Deeplearning4j's terms, then lies in the parameters' gradient. */
  void backward() {
    parts.backward.forEach(Runnable::run);
    parameters.widenGradient();
    parts.statistics.toSteps();
  }

  /** Of activations, gradients of activations and the workspace. */
  long bytes() {
    return parts.pool.bytes();
  }

  @Override
  public void close() {
    parts.convolutions.close();
    parts.pool.close();
  }
}
