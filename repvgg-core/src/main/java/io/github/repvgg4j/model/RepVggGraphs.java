package io.github.repvgg4j.model;

import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Builds the training form of a network: a {@link ComputationGraph} with the branches that its
 * blocks' {@link io.github.repvgg4j.spec.BlockKind} has. Input {@code [N, C, H, W]}, output class
 * probabilities {@code [N, numClasses]}.
 *
 * <p>Exactly PyTorch's arithmetic: padding 1 on each side of the 3x3 convolution (DL4J's {@code
 * Same} pads by input size, so {@code Truncate} with explicit padding is used), BatchNorm eps 1e-5
 * unless the spec says another, and decay 0.9 (PyTorch's momentum 0.1), weights drawn from
 * U(-1/sqrt(fanIn), 1/sqrt(fanIn)) as PyTorch's {@code Conv2d} and {@code Linear} do. The running
 * variance is kept as it is, not as a logarithm, so that imported values survive bit for bit.
 */
public final class RepVggGraphs {

  /** Share of the old running statistics kept at each step. */
  public static final double BN_DECAY = 0.9;

  private RepVggGraphs() {}

  /**
   * How to build a graph, apart from its structure.
   *
   * @param seed of the weights
   * @param updater for DL4J's own {@code fit}; it travels in the zip
   * @param dataType FLOAT for training, DOUBLE for proofs
   */
  public record GraphOptions(long seed, IUpdater updater, DataType dataType) {

    /** Float32, plain SGD with learning rate 0.1. */
    public static GraphOptions withSeed(long seed) {
      return new GraphOptions(seed, new Sgd(0.1), DataType.FLOAT);
    }

    public GraphOptions withUpdater(IUpdater newUpdater) {
      return new GraphOptions(seed, newUpdater, dataType);
    }

    public GraphOptions withDataType(DataType type) {
      return new GraphOptions(seed, updater, type);
    }
  }

  /** The initialised training form. */
  public static ComputationGraph build(RepVggSpec spec, GraphOptions options) {
    ComputationGraph graph = new ComputationGraph(configuration(spec, options));
    graph.init();
    return graph;
  }

  /** The training form's configuration only; takes no memory for weights. */
  public static ComputationGraphConfiguration configuration(RepVggSpec spec, GraphOptions options) {
    return configuration(spec, 0, spec.input(), options, RepVggGraphs::addBlock);
  }

  /**
   * The fast form's configuration: one convolution with a bias for each block, named as fusing
   * names it ({@code stage1.block0}).
   */
  public static ComputationGraphConfiguration fastConfiguration(
      RepVggSpec spec, GraphOptions options) {
    return configuration(spec, 0, spec.input(), options, RepVggGraphs::addFastBlock);
  }

  /** The training form from a stage (1 to 5) on; its input is what the stage before puts out. */
  static ComputationGraphConfiguration tailConfiguration(
      RepVggSpec spec, int firstStage, GraphOptions options) {
    InputShape input = spec.outputOf(firstStage - 1);
    return configuration(spec, firstStage, input, options, RepVggGraphs::addBlock);
  }

  private interface BlockBuilder {
    String add(ComputationGraphConfiguration.GraphBuilder graph, BlockSpec block, String input);
  }

  private static ComputationGraphConfiguration configuration(
      RepVggSpec spec,
      int firstStage,
      InputShape input,
      GraphOptions options,
      BlockBuilder builder) {
    ComputationGraphConfiguration.GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(options.seed())
            .updater(options.updater())
            .dataType(options.dataType())
            .weightInit(WeightInit.UNIFORM)
            .convolutionMode(ConvolutionMode.Truncate)
            .graphBuilder()
            .addInputs(BlockNames.INPUT)
            .setInputTypes(
                InputType.convolutional(input.height(), input.width(), input.channels()));
    String previous = BlockNames.INPUT;
    for (BlockSpec block : spec.blocks()) {
      if (block.stage() >= firstStage) {
        previous = builder.add(graph, block, previous);
      }
    }
    addHead(graph, spec, previous);
    return graph.setOutputs(BlockNames.LINEAR).build();
  }

  /**
   * Adds one block to a graph of one's own.
   *
   * @param input name of the vertex that feeds the block, activations {@code [N, in, H, W]}
   * @return the name of the block's output vertex, {@code [N, out, H', W']}
   */
  public static String addBlock(
      ComputationGraphConfiguration.GraphBuilder graph, BlockSpec block, String input) {
    return BlockGraph.add(graph, block, input);
  }

  private static String addFastBlock(
      ComputationGraphConfiguration.GraphBuilder graph, BlockSpec block, String input) {
    graph.addLayer(block.name(), BlockLayers.fused(block), input);
    return block.squeezeExcitation() ? BlockGraph.relu(graph, block, block.name()) : block.name();
  }

  private static void addHead(
      ComputationGraphConfiguration.GraphBuilder graph, RepVggSpec spec, String previous) {
    graph.addLayer(BlockNames.POOL, new GlobalPoolingLayer(PoolingType.AVG), previous);
    graph.addLayer(BlockNames.LINEAR, BlockLayers.head(spec), BlockNames.POOL);
  }
}
