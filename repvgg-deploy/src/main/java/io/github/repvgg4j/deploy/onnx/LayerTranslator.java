package io.github.repvgg4j.deploy.onnx;

import io.github.repvgg4j.deploy.onnx.NetworkNodes.LayerBody;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import io.github.repvgg4j.reparam.BatchNormStatistics;
import io.github.repvgg4j.rewrite.step.BatchNormReader;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.IWeightNoise;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes one layer as ONNX nodes; a layer that it does not know is refused by name. */
final class LayerTranslator {

  private final OnnxGraph graph;
  private final Layout layout;
  private final ActivationTranslator activations;
  private final ConvolutionTranslator convolutions;
  private final PoolingTranslator pooling;
  private final ResizeTranslator resizing;
  private final HeadTranslator heads;

  LayerTranslator(OnnxGraph graph, Layout layout, DataType dataType) {
    this.graph = graph;
    this.layout = layout;
    this.activations = new ActivationTranslator(graph);
    this.convolutions = new ConvolutionTranslator(graph);
    this.pooling = new PoolingTranslator(graph, layout, dataType);
    this.resizing = new ResizeTranslator(graph);
    this.heads = new HeadTranslator(graph, activations, layout);
  }

  /**
   * Adds a layer's nodes.
   *
   * @param name of the layer
   * @param input what it reads, behind its preprocessor
   * @throws UnwritableException where ONNX has nothing like it
   */
  Output translate(String name, LayerBody body, Value input) {
    Layer layer = body.layer();
    refuseNoise(layer);
    if (layer instanceof LossLayer loss) {
      return heads.loss(name, loss, input);
    }
    if (layer instanceof CnnLossLayer loss) {
      return heads.pixelLoss(name, loss, input);
    }
    if (layer instanceof Yolo2OutputLayer yolo) {
      return heads.yolo(name, yolo, input);
    }
    if (layer instanceof ActivationLayer activation) {
      return Output.ofTwo(input, () -> activated(name, activation, input));
    }
    Value value = value(name, layer, body.params(), input);
    return hasActivation(layer)
        ? Output.ofTwo(value, () -> activated((BaseLayer) layer, value))
        : Output.of(value);
  }

  private static boolean hasActivation(Layer layer) {
    return layer instanceof ConvolutionLayer
        || layer instanceof GroupedConvolution2D
        || layer instanceof DenseLayer
        || isOutputLayer(layer)
        || layer instanceof ElementWiseMultiplicationLayer;
  }

  private static boolean isOutputLayer(Layer layer) {
    return layer.getClass() == OutputLayer.class || layer instanceof CenterLossOutputLayer;
  }

  private Value activated(String name, ActivationLayer layer, Value input) {
    return activations.apply(name, layer.getActivationFn(), input, layout.axis(-1, input.rank()));
  }

  private Value activated(BaseLayer layer, Value value) {
    return activations.apply(
        value.name() + ".activation",
        layer.getActivationFn(),
        value,
        layout.axis(-1, value.rank()));
  }

  private Value value(String name, Layer layer, Map<String, INDArray> params, Value input) {
    if (layer instanceof ConvolutionLayer convolution) {
      return convolutions.convolution(name, convolution, params, image(input));
    }
    if (layer instanceof GroupedConvolution2D grouped) {
      return convolutions.grouped(name, grouped, params, image(input));
    }
    if (layer instanceof SqueezeExcitation) {
      return squeezeExcitation(name, params, image(input));
    }
    if (layer instanceof SubsamplingLayer subsampling
        && subsampling.getClass() == SubsamplingLayer.class) {
      return pooling.pooling(name, subsampling, image(input));
    }
    if (layer instanceof GlobalPoolingLayer global) {
      return pooling.global(name, global, image(input));
    }
    Value resized = resizing.translate(name, layer, input);
    return resized == null ? ofAnyRank(name, layer, params, input) : resized;
  }

  /** Layers of images and rows alike, or of rows. */
  private Value ofAnyRank(String name, Layer layer, Map<String, INDArray> params, Value input) {
    if (layer instanceof BatchNormalization norm) {
      return batchNorm(name, norm, params, input); // DL4J applies no activation here
    }
    if (layer instanceof DropoutLayer) {
      return input;
    }
    if (isOutputLayer(layer) || layer.getClass() == DenseLayer.class) {
      return dense(name, layer, params, input);
    }
    if (layer instanceof PReLULayer) {
      return prelu(name, params.get("W"), input);
    }
    if (layer instanceof ElementWiseMultiplicationLayer) {
      return scaled(name, params, input);
    }
    throw new UnwritableException(
        "a " + layer.getClass().getSimpleName() + " cannot be written as ONNX");
  }

  static Value image(Value input) {
    if (!input.isImage()) {
      throw new UnwritableException(
          "reads images, and is given an array of " + input.rank() + " axes");
    }
    return input;
  }

  private static void refuseNoise(Layer layer) {
    IWeightNoise noise = layer instanceof BaseLayer base ? base.getWeightNoise() : null;
    boolean acts =
        noise instanceof DropConnect drop
            ? drop.isApplyToBiases()
            : noise instanceof WeightNoise weight ? weight.isApplyToBias() : noise != null;
    if (acts) {
      throw new UnwritableException("has weight noise that acts in inference too");
    }
  }

  private Value batchNorm(
      String name, BatchNormalization conf, Map<String, INDArray> params, Value input) {
    layout.check(conf, input);
    BatchNormStatistics statistics = BatchNormReader.read(params, conf);
    return graph.node(
        OnnxOp.BATCH_NORMALIZATION,
        name,
        input.shape(),
        Map.of("epsilon", (float) statistics.eps()),
        input.name(),
        array(name + ".gamma", statistics.gamma()),
        array(name + ".beta", statistics.beta()),
        array(name + ".mean", statistics.mean()),
        array(name + ".var", statistics.variance()));
  }

  private String array(String label, double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) values[i];
    }
    return graph.array(label, rounded, rounded.length);
  }

  private Value squeezeExcitation(String name, Map<String, INDArray> params, Value input) {
    List<Dimension> point = input.shapeWith(2, List.of(Dimension.of(1), Dimension.of(1)));
    Value mean =
        graph.node(OnnxOp.GLOBAL_AVERAGE_POOL, name + ".mean", point, Map.of(), input.name());
    Value down =
        pointwise(
            name + ".down",
            params.get(SqueezeExcitation.DOWN_WEIGHT),
            params.get(SqueezeExcitation.DOWN_BIAS),
            mean);
    Value up =
        pointwise(
            name + ".up",
            params.get(SqueezeExcitation.UP_WEIGHT),
            params.get(SqueezeExcitation.UP_BIAS),
            graph.node(OnnxOp.RELU, name + ".down.relu", down));
    Value gate = graph.node(OnnxOp.SIGMOID, name + ".gate", up);
    return graph.node(OnnxOp.MUL, name, input, gate.name());
  }

  private Value pointwise(String name, INDArray weights, INDArray bias, Value input) {
    return graph.node(
        OnnxOp.CONV,
        name,
        input.shapeWithChannels(Dimension.of(weights.size(0))),
        Map.of("kernel_shape", new int[] {1, 1}),
        input.name(),
        graph.array(name + ".weight", weights, weights.size(0), weights.size(1), 1, 1),
        graph.array(name + ".bias", bias, bias.length()));
  }

  private Value dense(String name, Layer layer, Map<String, INDArray> params, Value input) {
    if (layer instanceof DenseLayer dense && dense.hasLayerNorm()) {
      throw new UnwritableException("layer normalisation cannot be written as ONNX");
    }
    if (input.rank() != 2) {
      throw new UnwritableException(
          "reads rows, and is given an array of " + input.rank() + " axes");
    }
    INDArray weights = params.get("W");
    INDArray bias = params.get("b");
    String matrix = graph.array(name + ".weight", weights, weights.shape());
    List<Dimension> shape = List.of(input.shape().get(0), Dimension.of(weights.size(1)));
    return bias == null
        ? graph.node(OnnxOp.GEMM, name, shape, Map.of(), input.name(), matrix)
        : graph.node(
            OnnxOp.GEMM,
            name,
            shape,
            Map.of(),
            input.name(),
            matrix,
            graph.array(name + ".bias", bias, bias.length()));
  }

  private Value prelu(String name, INDArray slopes, Value input) {
    if (layout == Layout.NHWC) {
      throw new UnwritableException("a PReLULayer of a NHWC network cannot be written as ONNX");
    }
    return graph.node(
        OnnxOp.PRELU, name, input, graph.array(name + ".slope", slopes, slopes.shape()));
  }

  private Value scaled(String name, Map<String, INDArray> params, Value input) {
    INDArray weights = params.get("W");
    INDArray bias = params.get("b");
    Value product =
        graph.node(
            OnnxOp.MUL,
            name + ".product",
            input,
            graph.array(name + ".weight", weights, weights.length()));
    return graph.node(OnnxOp.ADD, name, product, graph.array(name + ".bias", bias, bias.length()));
  }
}
