package io.github.repvgg4j.deploy.inspect;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads the facts of one layer. */
final class LayerReader {

  private LayerReader() {}

  static LayerFacts read(String name, Layer layer, List<Long> output) {
    return new LayerFacts(
        name, type(layer.conf().getLayer()), output, parameters(layer), macs(layer, output));
  }

  static LayerFacts read(String name, GraphVertex vertex, List<Long> output) {
    String type =
        vertex instanceof ElementWiseVertex elementWise
            ? elementWise.getOp().name().toLowerCase(Locale.ROOT)
            : vertex.getClass().getSimpleName();
    return new LayerFacts(name, type, output, vertex.numParams(false), 0);
  }

  private static long parameters(Layer layer) {
    return layer.paramTable().entrySet().stream()
        .filter(entry -> !isStatistic(layer, entry.getKey()))
        .mapToLong(entry -> entry.getValue().length())
        .sum();
  }

  private static boolean isStatistic(Layer layer, String key) {
    return isBatchNorm(layer) && !key.equals("gamma") && !key.equals("beta");
  }

  private static boolean isBatchNorm(Layer layer) {
    return layer.conf().getLayer() instanceof BatchNormalization;
  }

  /** Every weight of a convolution is used once for each output pixel, of a linear map once. */
  private static long macs(Layer layer, List<Long> output) {
    if (output.isEmpty()) {
      return 0;
    }
    long outputs = output.stream().reduce(1L, (a, b) -> a * b);
    if (isBatchNorm(layer)) {
      return 2 * outputs;
    }
    if (layer.conf().getLayer() instanceof SqueezeExcitation) {
      return 2 * outputs
          + layer.getParam(SqueezeExcitation.DOWN_WEIGHT).length()
          + layer.getParam(SqueezeExcitation.UP_WEIGHT).length();
    }
    INDArray weights = layer.paramTable().get("W");
    if (weights == null) {
      return 0;
    }
    boolean image = weights.rank() == 4 && output.size() == 3;
    long channels = layer.conf().getLayer() instanceof FeedForwardLayer f ? f.getNOut() : 0;
    return weights.length() * (image && channels > 0 ? outputs / channels : 1);
  }

  private static String type(org.deeplearning4j.nn.conf.layers.Layer layer) {
    if (layer instanceof ConvolutionLayer c) {
      return convolution(c.getKernelSize(), c.getStride(), c.getDilation(), 1)
          + activation(c.getActivationFn());
    }
    if (layer instanceof GroupedConvolution2D c) {
      return convolution(c.getKernelSize(), c.getStride(), c.getDilation(), c.getGroups())
          + activation(c.getActivationFn());
    }
    if (layer instanceof SqueezeExcitation) {
      return "squeeze-and-excitation";
    }
    if (layer instanceof BatchNormalization) {
      return "batch norm";
    }
    if (layer instanceof ActivationLayer a) {
      return name(a.getActivationFn());
    }
    if (layer instanceof GlobalPoolingLayer p) {
      return "global " + p.getPoolingType().name().toLowerCase(Locale.ROOT) + " pool";
    }
    if (layer instanceof FeedForwardLayer f
        && layer.getClass().getSimpleName().matches("(Dense|Output)Layer")) {
      return "linear" + activation(f.getActivationFn());
    }
    return layer.getClass().getSimpleName();
  }

  private static String convolution(int[] kernel, int[] stride, int[] dilation, int groups) {
    return String.format(Locale.ROOT, "conv %dx%d", kernel[0], kernel[1])
        + (stride[0] > 1 ? " /" + stride[0] : "")
        + (dilation[0] > 1 ? " dilated " + dilation[0] : "")
        + (groups > 1 ? " in " + groups + " groups" : "");
  }

  private static String activation(IActivation activation) {
    return activation instanceof ActivationIdentity ? "" : " + " + name(activation);
  }

  private static String name(IActivation activation) {
    return activation.getClass().getSimpleName().replace("Activation", "").toLowerCase(Locale.ROOT);
  }
}
