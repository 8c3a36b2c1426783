package io.github.repvgg4j.cuda.cudnn;

import io.github.repvgg4j.cuda.device.AlgorithmChoice;
import io.github.repvgg4j.cuda.device.ConvolutionOptions;
import io.github.repvgg4j.cuda.device.ConvolutionPlan;
import io.github.repvgg4j.cuda.device.ConvolutionShape;
import io.github.repvgg4j.cuda.device.ImageShape;
import io.github.repvgg4j.cuda.device.LayerMath;
import io.github.repvgg4j.cuda.device.Span;
import org.bytedeco.cuda.cudnn.cudnnActivationStruct;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnPoolingStruct;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.cuda.global.cudnn;

/** Layers by cuDNN 9's legacy interface. */
final class CudnnLayers implements LayerMath {

  private final CudnnDevice device;
  private final cudnnContext handle;
  private final Descriptors descriptors;
  private final Scalars scalars;
  private final AlgorithmChoice choice;
  private final int normMode;
  private final cudnnActivationStruct relu = new cudnnActivationStruct();

  CudnnLayers(
      CudnnDevice device,
      cudnnContext handle,
      Descriptors descriptors,
      Scalars scalars,
      AlgorithmChoice choice) {
    this.device = device;
    this.handle = handle;
    this.descriptors = descriptors;
    this.scalars = scalars;
    this.choice = choice;
    this.normMode =
        choice == AlgorithmChoice.FASTEST
            ? cudnn.CUDNN_BATCHNORM_SPATIAL_PERSISTENT
            : cudnn.CUDNN_BATCHNORM_SPATIAL;
    Status.cudnn("cudnnCreateActivationDescriptor", cudnn.cudnnCreateActivationDescriptor(relu));
    Status.cudnn(
        "cudnnSetActivationDescriptor",
        cudnn.cudnnSetActivationDescriptor(
            relu, cudnn.CUDNN_ACTIVATION_RELU, cudnn.CUDNN_PROPAGATE_NAN, 0));
  }

  @Override
  public ConvolutionPlan plan(ConvolutionShape shape, ConvolutionOptions options) {
    return device.give(new CudnnPlan(device, handle, descriptors, shape, options, choice));
  }

  @Override
  public void convolve(ConvolutionPlan plan, Span input, Span kernel, Span output, Span workspace) {
    CudnnPlan own = (CudnnPlan) plan;
    Status.cudnn(
        "cudnnConvolutionForward",
        cudnn.cudnnConvolutionForward(
            handle,
            scalars.one(),
            own.input(),
            Address.of(input),
            own.kernel(),
            Address.of(kernel),
            own.forward().descriptor(),
            own.forward().algorithm(),
            Address.of(workspace),
            bytes(workspace),
            scalars.zero(),
            own.output(),
            Address.of(output)));
  }

  private static long bytes(Span span) {
    return span.length() * span.format().bytes();
  }

  @Override
  public void convolutionInputGradient(
      ConvolutionPlan plan,
      Span kernel,
      Span outputGradient,
      Span inputGradient,
      float kept,
      Span workspace) {
    CudnnPlan own = (CudnnPlan) plan;
    Status.cudnn(
        "cudnnConvolutionBackwardData",
        cudnn.cudnnConvolutionBackwardData(
            handle,
            scalars.one(),
            own.kernel(),
            Address.of(kernel),
            own.output(),
            Address.of(outputGradient),
            own.inputGradient().descriptor(),
            own.inputGradient().algorithm(),
            Address.of(workspace),
            bytes(workspace),
            scalars.kept(kept),
            own.input(),
            Address.of(inputGradient)));
  }

  @Override
  public void convolutionKernelGradient(
      ConvolutionPlan plan, Span input, Span outputGradient, Span kernelGradient, Span workspace) {
    CudnnPlan own = (CudnnPlan) plan;
    Status.cudnn(
        "cudnnConvolutionBackwardFilter",
        cudnn.cudnnConvolutionBackwardFilter(
            handle,
            scalars.one(),
            own.input(),
            Address.of(input),
            own.output(),
            Address.of(outputGradient),
            own.kernelGradient().descriptor(),
            own.kernelGradient().algorithm(),
            Address.of(workspace),
            bytes(workspace),
            scalars.zero(),
            own.kernel(),
            Address.of(kernelGradient)));
  }

  @Override
  public void normalize(
      ImageShape shape, double eps, NormVectors vectors, Span input, Span output, float kept) {
    cudnnTensorStruct images = descriptors.images(shape, input.format());
    Status.cudnn(
        "cudnnBatchNormalizationForwardTraining",
        cudnn.cudnnBatchNormalizationForwardTraining(
            handle,
            normMode,
            scalars.one(),
            scalars.kept(kept),
            images,
            Address.of(input),
            images,
            Address.of(output),
            descriptors.perChannel(shape.channels()),
            Address.of(vectors.gamma()),
            Address.of(vectors.beta()),
            1.0,
            Address.of(vectors.mean()),
            Address.of(vectors.unbiasedVariance()),
            eps,
            Address.of(vectors.savedMean()),
            Address.of(vectors.savedDeviation())));
  }

  @Override
  public void normalizeGradient(
      ImageShape shape,
      double eps,
      NormVectors vectors,
      NormGradient gradient,
      Span input,
      float kept) {
    cudnnTensorStruct images = descriptors.images(shape, input.format());
    Status.cudnn(
        "cudnnBatchNormalizationBackward",
        cudnn.cudnnBatchNormalizationBackward(
            handle,
            normMode,
            scalars.one(),
            scalars.kept(kept),
            scalars.one(),
            scalars.zero(),
            images,
            Address.of(input),
            images,
            Address.of(gradient.output()),
            images,
            Address.of(gradient.input()),
            descriptors.perChannel(shape.channels()),
            Address.of(vectors.gamma()),
            Address.of(gradient.gamma()),
            Address.of(gradient.beta()),
            eps,
            Address.of(vectors.savedMean()),
            Address.of(vectors.savedDeviation())));
  }

  @Override
  public void add(ImageShape shape, Span from, Span to, float kept) {
    cudnnTensorStruct images = descriptors.images(shape, to.format());
    Status.cudnn(
        "cudnnAddTensor",
        cudnn.cudnnAddTensor(
            handle,
            scalars.one(),
            images,
            Address.of(from),
            scalars.kept(kept),
            images,
            Address.of(to)));
  }

  @Override
  public void relu(ImageShape shape, Span values) {
    cudnnTensorStruct images = descriptors.images(shape, values.format());
    Status.cudnn(
        "cudnnActivationForward",
        cudnn.cudnnActivationForward(
            handle,
            relu,
            scalars.one(),
            images,
            Address.of(values),
            scalars.zero(),
            images,
            Address.of(values)));
  }

  @Override
  public void reluGradient(ImageShape shape, Span result, Span gradient) {
    cudnnTensorStruct images = descriptors.images(shape, gradient.format());
    Status.cudnn(
        "cudnnActivationBackward",
        cudnn.cudnnActivationBackward(
            handle,
            relu,
            scalars.one(),
            images,
            Address.of(result),
            images,
            Address.of(gradient),
            images,
            Address.of(result),
            scalars.zero(),
            images,
            Address.of(gradient)));
  }

  @Override
  public void pool(ImageShape shape, Span images, Span means) {
    cudnnPoolingStruct window = window(shape);
    try {
      Status.cudnn(
          "cudnnPoolingForward",
          cudnn.cudnnPoolingForward(
              handle,
              window,
              scalars.one(),
              descriptors.images(shape, images.format()),
              Address.of(images),
              scalars.zero(),
              descriptors.images(shape.pooled(), means.format()),
              Address.of(means)));
    } finally {
      cudnn.cudnnDestroyPoolingDescriptor(window);
    }
  }

  @Override
  public void poolGradient(
      ImageShape shape, Span images, Span means, Span meansGradient, Span imagesGradient) {
    cudnnTensorStruct large = descriptors.images(shape, images.format());
    cudnnTensorStruct small = descriptors.images(shape.pooled(), means.format());
    cudnnPoolingStruct window = window(shape);
    try {
      Status.cudnn(
          "cudnnPoolingBackward",
          cudnn.cudnnPoolingBackward(
              handle,
              window,
              scalars.one(),
              small,
              Address.of(means),
              small,
              Address.of(meansGradient),
              large,
              Address.of(images),
              scalars.zero(),
              large,
              Address.of(imagesGradient)));
    } finally {
      cudnn.cudnnDestroyPoolingDescriptor(window);
    }
  }

  private static cudnnPoolingStruct window(ImageShape shape) {
    cudnnPoolingStruct window = new cudnnPoolingStruct();
    Status.cudnn("cudnnCreatePoolingDescriptor", cudnn.cudnnCreatePoolingDescriptor(window));
    Status.cudnn(
        "cudnnSetPooling2dDescriptor",
        cudnn.cudnnSetPooling2dDescriptor(
            window,
            cudnn.CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING,
            cudnn.CUDNN_PROPAGATE_NAN,
            shape.height(),
            shape.width(),
            0,
            0,
            shape.height(),
            shape.width()));
    return window;
  }

  @Override
  public void channelsLast(ImageShape shape, Span from, Span to) {
    Status.cudnn(
        "cudnnTransformTensor",
        cudnn.cudnnTransformTensor(
            handle,
            scalars.one(),
            descriptors.plain(shape),
            Address.of(from),
            scalars.zero(),
            descriptors.images(shape, to.format()),
            Address.of(to)));
  }

  void close() {
    cudnn.cudnnDestroyActivationDescriptor(relu);
  }
}
