package io.github.repvgg4j.model;

import io.github.repvgg4j.layer.GraphConfigurations;
import io.github.repvgg4j.layer.SqueezeExcitation;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional3D;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeRecurrent;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * Size and work of a network, computed from its configuration for one input.
 *
 * @param parameters what training changes, as PyTorch counts: without BatchNorm's running
 *     statistics
 * @param weightMacs multiplications of convolutions and linear maps by weights
 * @param elementwiseMacs work on single activations: two a BatchNorm output (scale and shift), two
 *     a squeeze-and-excitation output (mean and gate); additions of branches, biases, activations
 *     and pooling count nothing
 */
public record ModelCost(long parameters, long weightMacs, long elementwiseMacs) {

  private static final ModelCost NONE = new ModelCost(0, 0, 0);

  /** What the published tables call MACs or FLOPs. */
  public long macs() {
    return weightMacs + elementwiseMacs;
  }

  /**
   * @param network any graph with one input
   * @param input of the graph, such as {@code InputType.convolutional(224, 224, 3)}
   */
  public static ModelCost of(ComputationGraphConfiguration network, InputType input) {
    ComputationGraphConfiguration copy = GraphConfigurations.copy(network);
    Map<String, InputType> outputs = copy.getLayerActivationTypes(true, false, input);
    ModelCost sum = NONE;
    for (Map.Entry<String, GraphVertex> vertex : copy.getVertices().entrySet()) {
      if (vertex.getValue() instanceof LayerVertex layer) {
        String source = copy.getVertexInputs().get(vertex.getKey()).get(0);
        sum =
            sum.plus(
                of(
                    layer.getLayerConf().getLayer(),
                    outputs.getOrDefault(source, input),
                    outputs.get(vertex.getKey())));
      }
    }
    return sum;
  }

  /** The same for a sequence of layers. */
  public static ModelCost of(MultiLayerConfiguration network, InputType input) {
    List<InputType> outputs = network.clone().getLayerActivationTypes(input);
    ModelCost sum = NONE;
    for (int i = 0; i < outputs.size(); i++) {
      InputType before = i == 0 ? input : outputs.get(i - 1);
      sum = sum.plus(of(network.getConf(i).getLayer(), before, outputs.get(i)));
    }
    return sum;
  }

  /** Parameters alone, for which no input needs to be known. */
  public static long parameters(ComputationGraph network) {
    return Stream.of(network.getLayers())
        .mapToLong(layer -> parameters(GraphConfigurations.unfrozen(layer.conf().getLayer())))
        .sum();
  }

  private ModelCost plus(ModelCost other) {
    return new ModelCost(
        parameters + other.parameters,
        weightMacs + other.weightMacs,
        elementwiseMacs + other.elementwiseMacs);
  }

  private static ModelCost of(Layer given, InputType input, InputType output) {
    Layer layer = GraphConfigurations.unfrozen(given);
    if (layer instanceof BatchNormalization norm) {
      return new ModelCost(parameters(norm), 0, 2 * output.arrayElementsPerExample());
    }
    if (layer instanceof SqueezeExcitation gate) {
      long weights = 2 * gate.getNIn() * gate.getSqueezed();
      return new ModelCost(parameters(layer), weights, 2 * output.arrayElementsPerExample());
    }
    if (layer instanceof FeedForwardLayer map) {
      long biases = map.initializer().biasKeys(map).size() * map.getNOut();
      long positions = positions(layer instanceof Deconvolution2D ? input : output);
      return new ModelCost(parameters(layer), (parameters(layer) - biases) * positions, 0);
    }
    return new ModelCost(parameters(layer), 0, 0);
  }

  private static long parameters(Layer layer) {
    if (layer instanceof BatchNormalization norm) {
      return norm.isLockGammaBeta() ? 0 : 2 * norm.getNOut();
    }
    return layer.initializer().numParams(layer);
  }

  /** How often each weight is used for one example. */
  private static long positions(InputType type) {
    if (type instanceof InputTypeConvolutional images) {
      return images.getHeight() * images.getWidth();
    }
    if (type instanceof InputTypeConvolutional3D volumes) {
      return volumes.getDepth() * volumes.getHeight() * volumes.getWidth();
    }
    if (type instanceof InputTypeRecurrent series) {
      return Math.max(1, series.getTimeSeriesLength());
    }
    return 1;
  }
}
