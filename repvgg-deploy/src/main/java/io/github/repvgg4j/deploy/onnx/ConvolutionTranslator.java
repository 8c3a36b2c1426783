package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes convolutions, without their activation. */
final class ConvolutionTranslator {

  private static final String WEIGHTS = "W";
  private static final String BIAS = "b";

  private final OnnxGraph graph;

  ConvolutionTranslator(OnnxGraph graph) {
    this.graph = graph;
  }

  /** Any layer of this family; one that is none of the known is refused. */
  Value convolution(String name, ConvolutionLayer conf, Map<String, INDArray> params, Value input) {
    Class<?> type = conf.getClass();
    if (type == Deconvolution2D.class) {
      return deconvolution(name, conf, params, input);
    }
    Window window =
        Window.of(
            conf.getKernelSize(),
            conf.getStride(),
            conf.getPadding(),
            conf.getDilation(),
            conf.getConvolutionMode());
    if (type == DepthwiseConvolution2D.class) {
      INDArray weights = params.get(WEIGHTS); // [kH, kW, in, multiplier]
      INDArray kernel = weights.permute(2, 3, 0, 1);
      return conv(name, window, grouped(kernel), params.get(BIAS), weights.size(2), input);
    }
    if (type == SeparableConvolution2D.class) {
      return separable(name, window, params, input);
    }
    if (type != ConvolutionLayer.class && type != Convolution2D.class) {
      throw new UnwritableException("a " + type.getSimpleName() + " cannot be written as ONNX");
    }
    return conv(name, window, params.get(WEIGHTS), params.get(BIAS), 1, input);
  }

  Value grouped(String name, GroupedConvolution2D conf, Map<String, INDArray> params, Value input) {
    Window window =
        Window.of(
            conf.getKernelSize(),
            conf.getStride(),
            conf.getPadding(),
            conf.getDilation(),
            ConvolutionMode.Truncate);
    return conv(name, window, params.get(WEIGHTS), params.get(BIAS), conf.getGroups(), input);
  }

  /** {@code [in, multiplier, kH, kW]} as {@code [in * multiplier, 1, kH, kW]}. */
  private static INDArray grouped(INDArray kernel) {
    return kernel
        .dup('c')
        .reshape('c', kernel.size(0) * kernel.size(1), 1, kernel.size(2), kernel.size(3));
  }

  private Value separable(String name, Window window, Map<String, INDArray> params, Value input) {
    INDArray depth = params.get(SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY);
    INDArray kernel = grouped(depth.permute(1, 0, 2, 3)); // from [multiplier, in, kH, kW]
    Value middle = conv(name + ".depthwise", window, kernel, null, depth.size(1), input);
    INDArray point = params.get(SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY);
    Window one =
        Window.of(
            new int[] {1, 1},
            new int[] {1, 1},
            new int[] {0, 0},
            new int[] {1, 1},
            ConvolutionMode.Truncate);
    return conv(name, one, point, params.get(BIAS), 1, middle);
  }

  private Value conv(
      String name, Window window, INDArray weights, INDArray bias, long groups, Value input) {
    Map<String, Object> attributes = window.attributes(input);
    if (groups > 1) {
      attributes.put("group", Math.toIntExact(groups));
    }
    List<Dimension> size = window.outputSize(input, graph.names());
    List<Dimension> shape =
        List.of(input.shape().get(0), Dimension.of(weights.size(0)), size.get(0), size.get(1));
    return graph.node(OnnxOp.CONV, name, shape, attributes, inputs(name, input, weights, bias));
  }

  private String[] inputs(String name, Value input, INDArray weights, INDArray bias) {
    String kernel = graph.array(name + ".weight", weights, weights.shape());
    return bias == null
        ? new String[] {input.name(), kernel}
        : new String[] {input.name(), kernel, graph.array(name + ".bias", bias, bias.length())};
  }

  /** DL4J's weights {@code [in, out, kH, kW]} are ONNX's. */
  private Value deconvolution(
      String name, ConvolutionLayer conf, Map<String, INDArray> params, Value input) {
    INDArray weights = params.get(WEIGHTS);
    int[] pads = new int[4];
    int[] more = new int[2];
    Dimension[] size = new Dimension[2];
    for (int axis = 0; axis < 2; axis++) {
      int stride = conf.getStride()[axis];
      int span = (conf.getKernelSize()[axis] - 1) * conf.getDilation()[axis] + 1;
      boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
      int total = same ? Math.max(0, span - stride) : 2 * conf.getPadding()[axis];
      more[axis] = same ? Math.max(0, stride - span) : 0;
      pads[axis] = total / 2;
      pads[axis + 2] = total - total / 2;
      int growth = span - total + more[axis];
      size[axis] = input.shape().get(2 + axis).map(in -> (in - 1) * stride + growth, graph.names());
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", conf.getKernelSize());
    attributes.put("strides", conf.getStride());
    attributes.put("pads", pads);
    attributes.put("dilations", conf.getDilation());
    attributes.put("output_padding", more);
    return graph.node(
        OnnxOp.CONV_TRANSPOSE,
        name,
        List.of(input.shape().get(0), Dimension.of(weights.size(1)), size[0], size[1]),
        attributes,
        inputs(name, input, weights, params.get(BIAS)));
  }
}
