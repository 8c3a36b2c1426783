package io.github.repvgg4j.rewrite.step;

import io.github.repvgg4j.array.Arrays64;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.reparam.NotFusibleException;
import java.util.Arrays;
import java.util.function.Supplier;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads DL4J's convolution layers. */
final class ConvolutionSteps {

  private ConvolutionSteps() {}

  static Step read(Node node, ConvolutionLayer layer) {
    Class<?> type = layer.getClass();
    if (type == ConvolutionLayer.class || type == Convolution2D.class) {
      return convolution(node, layer, 1, () -> Arrays64.of(weights(node)));
    }
    if (type == DepthwiseConvolution2D.class) {
      return convolution(
          node, layer, (int) layer.getNIn(), () -> Arrays64.of(weights(node).permute(2, 3, 0, 1)));
    }
    if (type == SeparableConvolution2D.class) {
      return separable(node, (SeparableConvolution2D) layer);
    }
    return new Step.Unfusable(
        "is a "
            + type.getSimpleName()
            + "; only plain, depthwise, separable and grouped convolutions over height and width are"
            + " fused");
  }

  private static INDArray weights(Node node) {
    return node.params().get(ConvolutionParamInitializer.WEIGHT_KEY);
  }

  private static Step convolution(
      Node node, ConvolutionLayer layer, int groups, Supplier<double[]> weights) {
    Geometry geometry =
        StepReader.geometry(
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            layer.getDilation(),
            layer.getConvolutionMode());
    int in = (int) layer.getNIn();
    int out = (int) layer.getNOut();
    double[] bias = bias(node, out);
    return new Step.Convolution(
        in,
        out,
        groups,
        geometry,
        Step.maskWindow(geometry, layer.getConvolutionMode()),
        StepReader.format(layer.getCnn2dDataFormat()),
        Arrays.stream(bias).anyMatch(b -> b != 0),
        activation(layer),
        () -> finite(new LinearConv(in, out, groups, geometry, weights.get(), bias)));
  }

  /** Ours: explicit padding, NCHW. */
  static Step grouped(Node node, GroupedConvolution2D layer) {
    Geometry geometry =
        StepReader.geometry(
            layer.getKernelSize(),
            layer.getStride(),
            layer.getPadding(),
            layer.getDilation(),
            ConvolutionMode.Truncate);
    int in = (int) layer.getNIn();
    int out = (int) layer.getNOut();
    int groups = layer.getGroups();
    double[] bias = bias(node, out);
    return new Step.Convolution(
        in,
        out,
        groups,
        geometry,
        Step.maskWindow(geometry, ConvolutionMode.Truncate),
        CNN2DFormat.NCHW,
        Arrays.stream(bias).anyMatch(b -> b != 0),
        activation(layer),
        () -> finite(new LinearConv(in, out, groups, geometry, Arrays64.of(weights(node)), bias)));
  }

  private static Step separable(Node node, SeparableConvolution2D layer) {
    if (layer.getNIn() == 1) {
      return new Step.Barred(
          "DL4J leaves out the pointwise half of a separable convolution of one channel; use a"
              + " plain convolution");
    }
    int middle = (int) layer.getNIn() * layer.getDepthMultiplier();
    int out = (int) layer.getNOut();
    double[] bias = bias(node, out);
    return new Step.Separable(
        new Step.Convolution(
            middle,
            out,
            1,
            Geometry.POINT,
            Geometry.POINT,
            StepReader.format(layer.getCnn2dDataFormat()),
            Arrays.stream(bias).anyMatch(b -> b != 0),
            activation(layer),
            () ->
                finite(
                    new LinearConv(
                        middle,
                        out,
                        1,
                        Geometry.POINT,
                        Arrays64.of(
                            node.params()
                                .get(SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY)),
                        bias))));
  }

  private static double[] bias(Node node, int out) {
    INDArray bias = node.params().get(ConvolutionParamInitializer.BIAS_KEY);
    return bias == null ? new double[out] : Arrays64.of(bias);
  }

  private static IActivation activation(BaseLayer layer) {
    IActivation function = layer.getActivationFn();
    return function instanceof ActivationIdentity ? null : function;
  }

  private static LinearConv finite(LinearConv conv) {
    if (!conv.isFinite()) {
      throw new NotFusibleException("has weights or biases that are not finite numbers");
    }
    return conv;
  }
}
