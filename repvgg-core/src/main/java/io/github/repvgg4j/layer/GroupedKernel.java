package io.github.repvgg4j.layer;

import java.util.Locale;
import java.util.function.IntConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arithmetic of a grouped convolution: each group is an ordinary convolution on a slice of the
 * channels, done by ND4J's {@code conv2d} and {@code conv2d_bp} (oneDNN in the {@code -onednn}
 * natives for float32), which read and write the slices in place. Depthwise, which would be as many
 * convolutions as channels, is one operation.
 */
record GroupedKernel(ConvolutionWindow window, int groups) {

  GroupedKernel {
    Cudnn.avoid();
  }

  /**
   * @param input {@code [N, in, H, W]}
   * @param weights {@code [out, in / groups, kH, kW]}
   * @param bias {@code [out]}, or null
   * @param output {@code [N, out, H', W']}, overwritten
   */
  void forward(INDArray input, INDArray weights, INDArray bias, INDArray output) {
    if (isDepthwise(weights, output)) {
      INDArray kernel = depthwise(weights);
      INDArray[] inputs =
          bias == null ? new INDArray[] {input, kernel} : new INDArray[] {input, kernel, bias};
      run("depthwise_conv2d", inputs, output);
      return;
    }
    eachGroup(
        group -> {
          INDArray images = slice(input, 1, group);
          INDArray kernel = slice(weights, 0, group);
          INDArray[] inputs =
              bias == null
                  ? new INDArray[] {images, kernel}
                  : new INDArray[] {images, kernel, slice(bias, 0, group)};
          run("conv2d", inputs, slice(output, 1, group));
        });
  }

  /**
   * @param outputGradient {@code [N, out, H', W']}
   * @param inputGradient {@code [N, in, H, W]}, overwritten
   * @param weightGradient {@code [out, in / groups, kH, kW]}, overwritten
   */
  void backward(
      INDArray input,
      INDArray weights,
      INDArray outputGradient,
      INDArray inputGradient,
      INDArray weightGradient) {
    if (isDepthwise(weights, outputGradient)) {
      INDArray[] inputs = {input, depthwise(weights), outputGradient};
      run("depthwise_conv2d_bp", inputs, inputGradient, depthwise(weightGradient));
      return;
    }
    eachGroup(
        group -> {
          INDArray[] inputs = {
            slice(input, 1, group), slice(weights, 0, group), slice(outputGradient, 1, group)
          };
          run("conv2d_bp", inputs, slice(inputGradient, 1, group), slice(weightGradient, 0, group));
        });
  }

  /**
   * One output channel for each input channel, each by itself. ND4J's own depthwise operations fail
   * where each gives one number ("MmulHelper::dot: Z array must be scalar").
   */
  private boolean isDepthwise(INDArray weights, INDArray output) {
    return groups > 1
        && weights.size(0) == groups
        && weights.size(1) == 1
        && output.length() > output.size(1);
  }

  /** As ND4J's depthwise operations take them: {@code [1, in, kH, kW]}, the same memory. */
  private static INDArray depthwise(INDArray weights) {
    return weights.reshape('c', 1, weights.size(0), weights.size(2), weights.size(3));
  }

  private void eachGroup(IntConsumer work) {
    for (int group = 0; group < groups; group++) {
      work.accept(group);
    }
  }

  private void run(String name, INDArray[] inputs, INDArray... outputs) {
    try (OpContext context = Nd4j.getExecutioner().buildContext()) {
      context.setInputArrays(inputs);
      context.setOutputArrays(outputs);
      context.setIArguments(window.opArguments());
      // The oneDNN path of ND4J 1.0.0-M2.1 fails on dilated kernels ("could not create a
      // descriptor for a dilated convolution"); ND4J's own loops do them right.
      context.allowHelpers(!window.isDilated());
      Nd4j.exec(DynamicCustomOp.builder(name).build(), context);
    } catch (Exception e) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%s with %s failed: %s", name, window, e.getMessage()), e);
    }
  }

  /** The view of one group's share of an axis ({@code INDArray.get} fails on axes of length 1). */
  private INDArray slice(INDArray array, int axis, int group) {
    if (groups == 1) {
      return array;
    }
    long[] shape = array.shape().clone();
    shape[axis] /= groups;
    long offset = array.offset() + group * shape[axis] * array.stride(axis);
    return Nd4j.create(array.data(), shape, array.stride(), offset, array.ordering());
  }
}
