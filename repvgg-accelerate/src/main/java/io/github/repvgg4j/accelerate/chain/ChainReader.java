package io.github.repvgg4j.accelerate.chain;

import io.github.repvgg4j.accelerate.chain.ChainNode.Slice;
import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/**
 * Reads a graph into nodes, or says what in it the chain has no primitive for. Knows what a RepVGG
 * network is made of: convolutions, BatchNorm, sums, ReLU, max pooling, and one classifying head.
 */
public final class ChainReader {

  /** oneDNN adds at most 32 arrays to two in one pass. */
  private static final int MOST_SUMMED = 34;

  private final ComputationGraph graph;
  private final Map<String, ChainNode> nodes = new LinkedHashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private String pooled;

  private ChainReader(ComputationGraph graph) {
    this.graph = graph;
  }

  /**
   * In an order in which each node follows its sources; the head is the last.
   *
   * @throws ChainUnsupportedException naming the layer that no chain has
   */
  public static List<ChainNode> read(ComputationGraph graph) throws ChainUnsupportedException {
    ChainReader reader = new ChainReader(graph);
    reader.readAll();
    return new ArrayList<>(reader.nodes.values());
  }

  private void readAll() throws ChainUnsupportedException {
    var configuration = graph.getConfiguration();
    if (graph.params().dataType() != DataType.FLOAT) {
      throw new ChainUnsupportedException("parameters are " + graph.params().dataType());
    }
    if (configuration.getNetworkInputs().size() != 1
        || configuration.getNetworkOutputs().size() != 1) {
      throw new ChainUnsupportedException("more than one input or output");
    }
    configuration
        .getVertexInputs()
        .values()
        .forEach(sources -> sources.forEach(source -> readers.merge(source, 1, Integer::sum)));
    for (int index : graph.topologicalSortOrder()) {
      String name = graph.getVertices()[index].getVertexName();
      GraphVertex vertex = configuration.getVertices().get(name);
      if (vertex != null) {
        read(name, vertex, configuration.getVertexInputs().get(name));
      }
    }
    if (nodes.values().stream().noneMatch(ChainNode.Convolution.class::isInstance)) {
      throw new ChainUnsupportedException("no convolution in it");
    }
    ChainNode last = nodes.values().stream().reduce((a, b) -> b).orElseThrow();
    if (!(last instanceof ChainNode.Head)) {
      throw new ChainUnsupportedException("no classifying head at the end");
    }
  }

  private void read(String name, GraphVertex vertex, List<String> sources)
      throws ChainUnsupportedException {
    if (vertex instanceof ElementWiseVertex sum
        && sum.getOp() == ElementWiseVertex.Op.Add
        && sources.size() <= MOST_SUMMED) {
      nodes.put(name, new ChainNode.Sum(name, sources, false));
    } else if (vertex instanceof LayerVertex layer && layer.getPreProcessor() == null) {
      read(name, layer.getLayerConf().getLayer(), sources.get(0));
    } else {
      throw unsupported(name, vertex.getClass().getSimpleName());
    }
  }

  private void read(String name, Layer layer, String source) throws ChainUnsupportedException {
    if (layer.getIDropout() != null
        || layer.getConstraints() != null && !layer.getConstraints().isEmpty()) {
      throw unsupported(name, "dropout or constraints");
    }
    if (layer instanceof BaseLayer base
        && (notEmpty(base.getRegularization()) || notEmpty(base.getRegularizationBias()))) {
      throw unsupported(name, "regularization of Deeplearning4j's own");
    }
    Class<?> type = layer.getClass();
    if (type == ConvolutionLayer.class) {
      convolution(name, (ConvolutionLayer) layer, source);
    } else if (type == GroupedConvolution2D.class) {
      grouped(name, (GroupedConvolution2D) layer, source);
    } else if (type == SqueezeExcitation.class) {
      gate(name, (SqueezeExcitation) layer, source);
    } else if (type == BatchNormalization.class) {
      norm(name, (BatchNormalization) layer, source);
    } else if (type == ActivationLayer.class
        && isRelu(((ActivationLayer) layer).getActivationFn())) {
      relu(name, source);
    } else if (type == SubsamplingLayer.class) {
      pool(name, (SubsamplingLayer) layer, source);
    } else if (type == GlobalPoolingLayer.class
        && ((GlobalPoolingLayer) layer).getPoolingType() == PoolingType.AVG) {
      pooled = source;
    } else if (type == OutputLayer.class) {
      head(name, (OutputLayer) layer);
    } else {
      throw unsupported(name, type.getSimpleName());
    }
  }

  private void convolution(String name, ConvolutionLayer layer, String source)
      throws ChainUnsupportedException {
    boolean plain =
        !layer.hasBias()
            && layer.getActivationFn() instanceof ActivationIdentity
            && layer.getConvolutionMode() != ConvolutionMode.Same
            && layer.getConvolutionMode() != ConvolutionMode.Causal
            && layer.getCnn2dDataFormat() == CNN2DFormat.NCHW;
    if (!plain) {
      throw unsupported(name, "a convolution with bias, activation, mode Same or format NHWC");
    }
    Window window =
        new Window(
            layer.getKernelSize(), layer.getStride(), layer.getPadding(), layer.getDilation());
    convolution(name, source, layer, 1, window, "W");
  }

  private void grouped(String name, GroupedConvolution2D layer, String source)
      throws ChainUnsupportedException {
    if (layer.hasBias() || !(layer.getActivationFn() instanceof ActivationIdentity)) {
      throw unsupported(name, "a grouped convolution with bias or activation");
    }
    Window window =
        new Window(
            layer.getKernelSize(), layer.getStride(), layer.getPadding(), layer.getDilation());
    convolution(name, source, layer, layer.getGroups(), window, GroupedConvolution2D.WEIGHT_KEY);
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Window(int[] kernel, int[] stride, int[] padding, int[] dilation) {}

  private void convolution(
      String name, String source, FeedForwardLayer layer, int groups, Window window, String key) {
    nodes.put(
        name,
        new ChainNode.Convolution(
            name,
            source,
            layer.getNIn(),
            layer.getNOut(),
            groups,
            longs(window.kernel),
            longs(window.stride),
            longs(window.padding),
            fromZero(window.dilation),
            slice(name, key)));
  }

  private void norm(String name, BatchNormalization layer, String source)
      throws ChainUnsupportedException {
    if (layer.isLockGammaBeta() || layer.isUseLogStd() || !layer.isMinibatch()) {
      throw unsupported(name, "BatchNorm with locked gamma and beta, useLogStd or no minibatch");
    }
    nodes.put(
        name,
        new ChainNode.Norm(
            name,
            source,
            layer.getEps(),
            layer.getDecay(),
            slice(name, "gamma"),
            slice(name, "beta"),
            slice(name, "mean"),
            slice(name, "var")));
  }

  private void gate(String name, SqueezeExcitation layer, String source) {
    long channels = layer.getNIn();
    long squeezed = layer.getSqueezed();
    nodes.put(
        name,
        new ChainNode.Gate(
            name,
            source,
            new ChainNode.Map(channels, squeezed, slice(name, "downW"), slice(name, "downB")),
            new ChainNode.Map(squeezed, channels, slice(name, "upW"), slice(name, "upB"))));
  }

  /** Joins a sum that only this ReLU reads. */
  private void relu(String name, String source) {
    if (nodes.get(source) instanceof ChainNode.Sum sum && readers.get(source) == 1) {
      nodes.remove(source);
      nodes.put(name, new ChainNode.Sum(name, sum.sources(), true));
    } else {
      nodes.put(name, new ChainNode.Sum(name, List.of(source), true));
    }
  }

  private void pool(String name, SubsamplingLayer layer, String source)
      throws ChainUnsupportedException {
    boolean plain =
        layer.getPoolingType() == PoolingType.MAX
            && layer.getConvolutionMode() != ConvolutionMode.Same
            && layer.getConvolutionMode() != ConvolutionMode.Causal
            && layer.getCnn2dDataFormat() == CNN2DFormat.NCHW
            && Arrays.equals(layer.getPadding(), new int[2])
            && Arrays.equals(layer.getDilation(), new int[] {1, 1});
    if (!plain) {
      throw unsupported(name, "a pooling that is not the maximum, or is padded or dilated");
    }
    long[] kernel = longs(layer.getKernelSize());
    long[] stride = longs(layer.getStride());
    if (nodes.get(source) instanceof ChainNode.Sum sum && sum.relu() && readers.get(source) == 1) {
      String pooled = beforeRelu(source, sum);
      String own = unused(name);
      nodes.put(own, new ChainNode.MaxPool(own, pooled, kernel, stride));
      nodes.put(name, new ChainNode.Sum(name, List.of(own), true));
    } else {
      nodes.put(name, new ChainNode.MaxPool(name, source, kernel, stride));
    }
  }

  /**
   * What a ReLU that only a pooling reads is given. ReLU and maximum may change places: the numbers
   * are the same bits, the gradient too (where the maximum is 0 or less there is none), and the
   * ReLU has fewer pixels to do.
   */
  private String beforeRelu(String name, ChainNode.Sum sum) {
    nodes.remove(name);
    if (sum.sources().size() == 1) {
      return sum.sources().get(0);
    }
    nodes.put(name, new ChainNode.Sum(name, sum.sources(), false));
    return name;
  }

  private String unused(String name) {
    String free = name + ".max";
    while (graph.getConfiguration().getVertices().containsKey(free)) {
      free += "'";
    }
    return free;
  }

  private void head(String name, OutputLayer layer) throws ChainUnsupportedException {
    Optional<HeadLoss> loss = loss(layer);
    if (loss.isEmpty() || !layer.hasBias() || pooled == null) {
      throw unsupported(
          name,
          "not average pooling, linear layer with bias, and softmax with MCXENT or sigmoid with"
              + " XENT");
    }
    nodes.put(
        name,
        new ChainNode.Head(
            name,
            pooled,
            layer.getNIn(),
            layer.getNOut(),
            slice(name, "W"),
            slice(name, "b"),
            loss.get()));
  }

  private static Optional<HeadLoss> loss(OutputLayer layer) {
    boolean softmax = layer.getActivationFn() instanceof ActivationSoftmax;
    boolean sigmoid = layer.getActivationFn() instanceof ActivationSigmoid;
    if (softmax && layer.getLossFn() instanceof LossMCXENT loss) {
      return loss.getClass() != LossMCXENT.class // such as sparse targets
          ? Optional.empty()
          : Optional.of(
              loss.getWeights() == null
                  ? new HeadLoss.CrossEntropy()
                  : new HeadLoss.WeightedCrossEntropy(loss.getWeights().castTo(DataType.FLOAT)));
    }
    return sigmoid && layer.getLossFn() instanceof LossBinaryXENT loss && loss.getWeights() == null
        ? Optional.of(new HeadLoss.BinaryCrossEntropy())
        : Optional.empty();
  }

  private Slice slice(String layer, String key) {
    return Slice.of(graph.getLayer(layer).getParam(key), graph.params());
  }

  private static boolean isRelu(IActivation activation) {
    return activation instanceof ActivationReLU relu
        && (relu.getMax() == null || relu.getMax() == 0)
        && (relu.getThreshold() == null || relu.getThreshold() == 0)
        && (relu.getNegativeSlope() == null || relu.getNegativeSlope() == 0);
  }

  private static boolean notEmpty(List<?> list) {
    return list != null && !list.isEmpty();
  }

  private static ChainUnsupportedException unsupported(String name, String what) {
    return new ChainUnsupportedException(name + ": " + what);
  }

  private static long[] longs(int[] pair) {
    return new long[] {pair[0], pair[1]};
  }

  private static long[] fromZero(int[] dilation) {
    return new long[] {dilation[0] - 1, dilation[1] - 1};
  }
}
