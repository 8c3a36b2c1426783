package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Writes one layer as ONNX nodes; a layer that it does not know is refused by name. */
final class LayerTranslator {

  private final OnnxGraph graph;

  LayerTranslator(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Adds a layer's nodes.
   *
   * @param name of the layer
   * @param layer as it runs, with its parameters
   * @param input name of the array that it reads
   * @return name of the array that it gives; of an output layer, the logits
   */
  String translate(String name, org.deeplearning4j.nn.api.Layer layer, String input) {
    Layer conf = layer.conf().getLayer();
    Layer inner = conf instanceof FrozenLayer frozen ? frozen.getLayer() : conf;
    Map<String, INDArray> params = layer.paramTable();
    if (inner.getClass() == ConvolutionLayer.class) {
      return convolution(name, (ConvolutionLayer) inner, params, input);
    }
    if (inner instanceof GroupedConvolution2D grouped) {
      return grouped(name, grouped, params, input);
    }
    if (inner instanceof BatchNormalization norm) {
      return batchNorm(name, norm, params, input); // DL4J applies no activation here
    }
    if (inner instanceof SqueezeExcitation) {
      return squeezeExcitation(name, params, input);
    }
    if (inner instanceof ActivationLayer activation) {
      return activation(name, activation.getActivationFn(), input);
    }
    if (inner instanceof GlobalPoolingLayer pooling) {
      return globalPooling(name, pooling, input);
    }
    if (inner instanceof BaseOutputLayer) {
      return gemm(name, params, input);
    }
    if (inner.getClass() == DenseLayer.class) {
      return activated(name, (DenseLayer) inner, gemm(name, params, input));
    }
    throw refused(name, "a " + inner.getClass().getSimpleName() + " cannot be written as ONNX");
  }

  private String convolution(
      String name, ConvolutionLayer conf, Map<String, INDArray> params, String input) {
    if (conf.getCnn2dDataFormat() != CNN2DFormat.NCHW) {
      throw refused(name, "only NCHW networks are exported");
    }
    Map<String, Object> attributes =
        window(conf.getKernelSize(), conf.getStride(), conf.getPadding(), conf.getDilation());
    if (conf.getConvolutionMode() == ConvolutionMode.Same) {
      attributes.remove("pads");
      attributes.put("auto_pad", "SAME_UPPER");
    } else if (conf.getConvolutionMode() == ConvolutionMode.Causal) {
      throw refused(name, "convolution mode Causal cannot be written as ONNX");
    }
    return activated(name, conf, conv(name, params, input, attributes));
  }

  private String grouped(
      String name, GroupedConvolution2D conf, Map<String, INDArray> params, String input) {
    Map<String, Object> attributes =
        window(conf.getKernelSize(), conf.getStride(), conf.getPadding(), conf.getDilation());
    attributes.put("group", conf.getGroups());
    return activated(name, conf, conv(name, params, input, attributes));
  }

  private static Map<String, Object> window(
      int[] kernel, int[] stride, int[] padding, int[] dilation) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", kernel);
    attributes.put("strides", stride);
    attributes.put("pads", new int[] {padding[0], padding[1], padding[0], padding[1]});
    attributes.put("dilations", dilation);
    return attributes;
  }

  private String conv(
      String name, Map<String, INDArray> params, String input, Map<String, Object> attributes) {
    INDArray weights = params.get("W");
    String kernel = graph.array(name + ".weight", weights, weights.shape());
    INDArray bias = params.get("b");
    List<String> inputs =
        bias == null
            ? List.of(input, kernel)
            : List.of(input, kernel, graph.array(name + ".bias", bias, bias.length()));
    return graph.node(OnnxOp.CONV, name, inputs, attributes);
  }

  private String batchNorm(
      String name, BatchNormalization conf, Map<String, INDArray> params, String input) {
    if (conf.isLockGammaBeta()) {
      throw refused(name, "BatchNorm with locked gamma and beta cannot be written as ONNX");
    }
    INDArray variance =
        conf.isUseLogStd()
            ? Transforms.exp(params.get("log10stdev").mul(2 * Math.log(10)))
            : params.get("var");
    long channels = variance.length();
    return graph.node(
        OnnxOp.BATCH_NORMALIZATION,
        name,
        List.of(
            input,
            graph.array(name + ".gamma", params.get("gamma"), channels),
            graph.array(name + ".beta", params.get("beta"), channels),
            graph.array(name + ".mean", params.get("mean"), channels),
            graph.array(name + ".var", variance, channels)),
        Map.of("epsilon", (float) conf.getEps()));
  }

  private String squeezeExcitation(String name, Map<String, INDArray> params, String input) {
    String mean = graph.node(OnnxOp.GLOBAL_AVERAGE_POOL, name + ".mean", input);
    String down =
        pointwise(
            name + ".down",
            params.get(SqueezeExcitation.DOWN_WEIGHT),
            params.get(SqueezeExcitation.DOWN_BIAS),
            mean);
    String up =
        pointwise(
            name + ".up",
            params.get(SqueezeExcitation.UP_WEIGHT),
            params.get(SqueezeExcitation.UP_BIAS),
            graph.node(OnnxOp.RELU, name + ".down.relu", down));
    String gate = graph.node(OnnxOp.SIGMOID, name + ".gate", up);
    return graph.node(OnnxOp.MUL, name, input, gate);
  }

  private String pointwise(String name, INDArray weights, INDArray bias, String input) {
    return graph.node(
        OnnxOp.CONV,
        name,
        List.of(
            input,
            graph.array(name + ".weight", weights, weights.size(0), weights.size(1), 1, 1),
            graph.array(name + ".bias", bias, bias.length())),
        Map.of("kernel_shape", new int[] {1, 1}));
  }

  private String globalPooling(String name, GlobalPoolingLayer conf, String input) {
    PoolingType type = conf.getPoolingType();
    if (type != PoolingType.AVG && type != PoolingType.MAX) {
      throw refused(name, "global pooling " + type + " cannot be written as ONNX");
    }
    OnnxOp op = type == PoolingType.AVG ? OnnxOp.GLOBAL_AVERAGE_POOL : OnnxOp.GLOBAL_MAX_POOL;
    if (!conf.isCollapseDimensions()) {
      return graph.node(op, name, input);
    }
    return flatten(name, graph.node(op, name + ".pooled", input));
  }

  String flatten(String name, String input) {
    return graph.node(OnnxOp.FLATTEN, name, input); // its axis is 1 by default
  }

  private String gemm(String name, Map<String, INDArray> params, String input) {
    INDArray weights = params.get("W");
    String matrix = graph.array(name + ".weight", weights, weights.shape());
    INDArray bias = params.get("b");
    return bias == null
        ? graph.node(OnnxOp.GEMM, name, input, matrix)
        : graph.node(
            OnnxOp.GEMM, name, input, matrix, graph.array(name + ".bias", bias, bias.length()));
  }

  private String activated(String name, BaseLayer conf, String output) {
    IActivation function = conf.getActivationFn();
    return function == null ? output : activation(output + ".activation", function, output);
  }

  private String activation(String name, IActivation function, String input) {
    if (function instanceof ActivationIdentity) {
      return input;
    }
    OnnxOp op;
    if (function instanceof ActivationReLU) {
      op = OnnxOp.RELU;
    } else if (function instanceof ActivationSigmoid) {
      op = OnnxOp.SIGMOID;
    } else if (function instanceof ActivationTanH) {
      op = OnnxOp.TANH;
    } else if (function instanceof ActivationSoftmax) {
      op = OnnxOp.SOFTMAX;
    } else {
      throw refused(name, "activation " + function + " cannot be written as ONNX");
    }
    return graph.node(op, name, input);
  }

  static IllegalArgumentException refused(String name, String why) {
    return new IllegalArgumentException("layer " + name + ": " + why);
  }
}
