package io.github.repvgg4j.rewrite.fuse;

import io.github.repvgg4j.array.Arrays64;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.reparam.Axis;
import io.github.repvgg4j.reparam.ConvolutionLaws;
import io.github.repvgg4j.reparam.Geometry;
import io.github.repvgg4j.reparam.LinearConv;
import io.github.repvgg4j.reparam.Padding;
import io.github.repvgg4j.rewrite.plan.Region;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.deeplearning4j.nn.params.SeparableConvolutionParamInitializer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a kernel as a DL4J layer; weights are rounded to the network's type here, once. */
final class LayerWriter {

  private final NetworkView network;
  private final Grouped grouped;

  LayerWriter(NetworkView network, Grouped grouped) {
    this.network = network;
    this.grouped = grouped;
  }

  /** The node that takes the region's place; its input is still the original's. */
  Node write(Region region, LinearConv kernel, String name) {
    NeuralNetConfiguration conf = template(region).clone();
    BaseLayer training = (BaseLayer) unfrozen(region, conf);
    Map<String, INDArray> params = new LinkedHashMap<>();
    BaseLayer layer =
        region.source().inside() == null
            ? convolution(kernel, region, params)
            : separable(kernel, region, params);
    layer.setLayerName(name);
    layer.setActivationFn(
        region.activation() == null
            ? Activation.IDENTITY.getActivationFunction()
            : region.activation());
    copyTraining(training, layer);
    conf.setLayer(layer);
    conf.clearVariables();
    return new Node(
        name,
        List.of(region.source().tensor()),
        new Node.LayerBody(conf, region.source().preprocessor()),
        params);
  }

  private NeuralNetConfiguration template(Region region) {
    return ((Node.LayerBody) firstConvolution(region).body()).conf();
  }

  private BaseLayer unfrozen(Region region, NeuralNetConfiguration conf) {
    return conf.getLayer() instanceof BaseLayer base
        ? base
        : (BaseLayer) firstConvolution(region).layer();
  }

  private Node firstConvolution(Region region) {
    return network.nodes().values().stream()
        .filter(node -> region.members().contains(node.name()))
        .filter(
            node ->
                node.layer() instanceof ConvolutionLayer
                    || node.layer() instanceof GroupedConvolution2D)
        .findFirst()
        .orElseThrow();
  }

  private BaseLayer convolution(LinearConv kernel, Region region, Map<String, INDArray> params) {
    boolean depthwise = kernel.groups() == kernel.in() && kernel.in() > 1;
    LinearConv shaped = shaped(kernel, region);
    if (depthwise) {
      return depthwise(shaped, region, params);
    }
    if (kernel.groups() > 1 && isWrittenGrouped(region)) {
      return grouped(shaped, params);
    }
    LinearConv dense = ConvolutionLaws.regroup(shaped, 1);
    ConvolutionLayer layer =
        new ConvolutionLayer.Builder(kernelSize(dense))
            .stride(stride(dense))
            .dilation(dilation(dense))
            .padding(padding(dense, region))
            .convolutionMode(mode(region))
            .dataFormat(region.format())
            .nIn(dense.in())
            .nOut(dense.out())
            .hasBias(true)
            .weightInit(WeightInit.XAVIER)
            .build();
    put(
        params,
        ConvolutionParamInitializer.WEIGHT_KEY,
        dense.weights(),
        dense.out(),
        dense.in(),
        layer.getKernelSize()[0],
        layer.getKernelSize()[1]);
    put(params, ConvolutionParamInitializer.BIAS_KEY, dense.bias(), 1, dense.out());
    return layer;
  }

  private BaseLayer depthwise(LinearConv kernel, Region region, Map<String, INDArray> params) {
    DepthwiseConvolution2D layer =
        new DepthwiseConvolution2D.Builder(kernelSize(kernel))
            .stride(stride(kernel))
            .dilation(dilation(kernel))
            .padding(padding(kernel, region))
            .convolutionMode(mode(region))
            .dataFormat(region.format())
            .nIn(kernel.in())
            .nOut(kernel.out())
            .depthMultiplier(kernel.outPerGroup())
            .hasBias(true)
            .weightInit(WeightInit.XAVIER)
            .build();
    layer.setNOut(kernel.out());
    INDArray rows =
        Arrays64.array(
            kernel.weights(),
            network.dataType(),
            kernel.in(),
            kernel.outPerGroup(),
            layer.getKernelSize()[0],
            layer.getKernelSize()[1]);
    params.put(ConvolutionParamInitializer.WEIGHT_KEY, rows.permute(2, 3, 0, 1));
    put(params, ConvolutionParamInitializer.BIAS_KEY, kernel.bias(), 1, kernel.out());
    return layer;
  }

  /** Ours has explicit padding and NCHW only. */
  private boolean isWrittenGrouped(Region region) {
    return grouped == Grouped.AS_GROUPED_LAYER
        && !region.isWrittenSame()
        && region.format() == CNN2DFormat.NCHW;
  }

  private BaseLayer grouped(LinearConv kernel, Map<String, INDArray> params) {
    Geometry geometry = kernel.geometry();
    Axis vertical = geometry.vertical();
    Axis horizontal = geometry.horizontal();
    GroupedConvolution2D layer =
        new GroupedConvolution2D.Builder(vertical.kernel(), horizontal.kernel())
            .groups(kernel.groups())
            .stride(vertical.stride(), horizontal.stride())
            .padding(before(vertical), before(horizontal))
            .dilation(vertical.dilation(), horizontal.dilation())
            .nIn(kernel.in())
            .nOut(kernel.out())
            .weightInit(WeightInit.XAVIER)
            .build();
    put(
        params,
        GroupedConvolution2D.WEIGHT_KEY,
        kernel.weights(),
        kernel.out(),
        kernel.inPerGroup(),
        vertical.kernel(),
        horizontal.kernel());
    put(params, GroupedConvolution2D.BIAS_KEY, kernel.bias(), 1, kernel.out());
    return layer;
  }

  /** The separable layer as it was, with another pointwise half. */
  private BaseLayer separable(LinearConv kernel, Region region, Map<String, INDArray> params) {
    Node node = network.nodes().get(region.source().inside());
    SeparableConvolution2D layer = (SeparableConvolution2D) node.layer().clone();
    layer.setHasBias(true);
    layer.setNOut(kernel.out());
    layer.setIDropout(null);
    layer.setConstraints(null);
    params.put(
        SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY,
        node.params().get(SeparableConvolutionParamInitializer.DEPTH_WISE_WEIGHT_KEY));
    put(
        params,
        SeparableConvolutionParamInitializer.POINT_WISE_WEIGHT_KEY,
        ConvolutionLaws.regroup(kernel, 1).weights(),
        kernel.out(),
        kernel.in(),
        1,
        1);
    put(params, SeparableConvolutionParamInitializer.BIAS_KEY, kernel.bias(), 1, kernel.out());
    return layer;
  }

  private void put(Map<String, INDArray> params, String key, double[] values, long... shape) {
    params.put(key, Arrays64.array(values, network.dataType(), shape));
  }

  private static LinearConv shaped(LinearConv kernel, Region region) {
    return region.isWrittenSame()
        ? kernel
        : ConvolutionLaws.embed(kernel, kernel.geometry().balanced());
  }

  private static ConvolutionMode mode(Region region) {
    return region.isWrittenSame() ? ConvolutionMode.Same : ConvolutionMode.Truncate;
  }

  private static int[] padding(LinearConv kernel, Region region) {
    Geometry geometry = kernel.geometry();
    return region.isWrittenSame()
        ? new int[] {0, 0}
        : new int[] {before(geometry.vertical()), before(geometry.horizontal())};
  }

  private static int before(Axis axis) {
    return ((Padding.Fixed) axis.padding()).before();
  }

  private static int[] kernelSize(LinearConv kernel) {
    return new int[] {
      kernel.geometry().vertical().kernel(), kernel.geometry().horizontal().kernel()
    };
  }

  private static int[] stride(LinearConv kernel) {
    return new int[] {
      kernel.geometry().vertical().stride(), kernel.geometry().horizontal().stride()
    };
  }

  private static int[] dilation(LinearConv kernel) {
    return new int[] {
      kernel.geometry().vertical().dilation(), kernel.geometry().horizontal().dilation()
    };
  }

  /** Updater and regularization as the region's convolution had them, for who trains further. */
  private static void copyTraining(BaseLayer from, BaseLayer to) {
    to.setIUpdater(from.getIUpdater());
    to.setBiasUpdater(from.getBiasUpdater());
    to.setRegularization(from.getRegularization());
    to.setRegularizationBias(from.getRegularizationBias());
    to.setGradientNormalization(from.getGradientNormalization());
    to.setGradientNormalizationThreshold(from.getGradientNormalizationThreshold());
  }
}
