package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.ConvolutionShape;
import io.github.repvgg4j.cuda.device.NumberFormat;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnConvolutionStruct;
import org.bytedeco.cuda.cudnn.cudnnFilterStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;

/** Descriptors of a convolution, and an algorithm for each of its directions. */
final class CudnnPlan implements ConvolutionPlan {

  private final CudnnDevice device;
  private final ConvolutionShape shape;
  private final ConvolutionOptions options;
  private final cudnnTensorStruct input;
  private final cudnnTensorStruct output;
  private final cudnnFilterStruct kernel = new cudnnFilterStruct();
  private final Direction forward;
  private final Direction inputGradient;
  private final Direction kernelGradient;
  private boolean closed;

  /**
   * One direction's way.
   *
   * @param descriptor with the kind of arithmetic that goes with the algorithm
   * @param bytes of workspace
   */
  record Direction(cudnnConvolutionStruct descriptor, int algorithm, long bytes) {}

  CudnnPlan(
      CudnnDevice device,
      cudnnContext handle,
      Descriptors descriptors,
      ConvolutionShape shape,
      ConvolutionOptions options,
      AlgorithmChoice choice) {
    this.device = device;
    this.shape = shape;
    this.options = options;
    this.input = descriptors.images(shape.input(), options.format());
    this.output = descriptors.images(shape.output(), options.format());
    Status.cudnn("cudnnCreateFilterDescriptor", cudnn.cudnnCreateFilterDescriptor(kernel));
    Status.cudnn(
        "cudnnSetFilter4dDescriptor",
        cudnn.cudnnSetFilter4dDescriptor(
            kernel,
            Descriptors.type(options.format()),
            cudnn.CUDNN_TENSOR_NHWC,
            shape.outputs(),
            shape.inputsPerGroup(),
            shape.kernel().height(),
            shape.kernel().width()));
    Algorithms algorithms = new Algorithms(handle, input, kernel, output, choice);
    this.forward = algorithms.forward(descriptor());
    this.inputGradient = algorithms.inputGradient(descriptor());
    this.kernelGradient = algorithms.kernelGradient(descriptor());
  }

  private cudnnConvolutionStruct descriptor() {
    cudnnConvolutionStruct made = new cudnnConvolutionStruct();
    Status.cudnn("cudnnCreateConvolutionDescriptor", cudnn.cudnnCreateConvolutionDescriptor(made));
    Status.cudnn(
        "cudnnSetConvolution2dDescriptor",
        cudnn.cudnnSetConvolution2dDescriptor(
            made,
            shape.padding().height(),
            shape.padding().width(),
            shape.stride().height(),
            shape.stride().width(),
            shape.dilation().height(),
            shape.dilation().width(),
            cudnn.CUDNN_CROSS_CORRELATION,
            cudnn.CUDNN_DATA_FLOAT));
    Status.cudnn(
        "cudnnSetConvolutionGroupCount", cudnn.cudnnSetConvolutionGroupCount(made, shape.groups()));
    Status.cudnn(
        "cudnnSetConvolutionMathType", cudnn.cudnnSetConvolutionMathType(made, mathType()));
    return made;
  }

  /** CUDNN_DEFAULT_MATH allows TF32 from Ampere on. */
  private int mathType() {
    if (options.format() == NumberFormat.BFLOAT16) {
      return cudnn.CUDNN_TENSOR_OP_MATH;
    }
    return options.product() == ConvolutionOptions.Product.TF32
        ? cudnn.CUDNN_DEFAULT_MATH
        : cudnn.CUDNN_FMA_MATH;
  }

  cudnnTensorStruct input() {
    return input;
  }

  cudnnTensorStruct output() {
    return output;
  }

  cudnnFilterStruct kernel() {
    return kernel;
  }

  Direction forward() {
    return forward;
  }

  Direction inputGradient() {
    return inputGradient;
  }

  Direction kernelGradient() {
    return kernelGradient;
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
    return Math.max(forward.bytes, Math.max(inputGradient.bytes, kernelGradient.bytes));
  }

  @Override
  public String algorithms() {
    return forward.algorithm + "/" + inputGradient.algorithm + "/" + kernelGradient.algorithm;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.forget(this);
      cudnn.cudnnDestroyFilterDescriptor(kernel);
      cudnn.cudnnDestroyConvolutionDescriptor(forward.descriptor);
      cudnn.cudnnDestroyConvolutionDescriptor(inputGradient.descriptor);
      cudnn.cudnnDestroyConvolutionDescriptor(kernelGradient.descriptor);
    }
  }
}
