package io.github.repvgg4j.model;

import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.weights.WeightInit;

/**
 * Lays out the fast form of a RepVGG network: a chain of 3x3 convolutions with bias and ReLU. It is
 * what fusing the training form gives, layer for layer; here it is built empty, for weights that
 * were fused elsewhere.
 */
public final class RepVggChains {

  private RepVggChains() {}

  /** The configuration of a {@code MultiLayerNetwork}; takes no memory for weights. */
  public static MultiLayerConfiguration configuration(RepVggSpec spec, GraphOptions options) {
    InputShape input = spec.input();
    NeuralNetConfiguration.ListBuilder chain =
        new NeuralNetConfiguration.Builder()
            .seed(options.seed())
            .updater(options.updater())
            .dataType(options.dataType())
            .weightInit(WeightInit.UNIFORM)
            .convolutionMode(ConvolutionMode.Truncate)
            .list();
    for (BlockSpec block : spec.blocks()) {
      addBlock(chain, block);
    }
    return chain
        .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).name(BlockNames.POOL).build())
        .layer(named(BlockNames.LINEAR, BlockLayers.head(spec)))
        .setInputType(InputType.convolutional(input.height(), input.width(), input.channels()))
        .build();
  }

  private static void addBlock(NeuralNetConfiguration.ListBuilder chain, BlockSpec block) {
    chain.layer(named(block.name(), BlockLayers.fused(block)));
    if (block.squeezeExcitation()) {
      String name = BlockNames.squeezeExcitation(block.name());
      chain.layer(named(name, BlockLayers.squeezeExcitation(block)));
      chain.layer(named(BlockNames.relu(block.name()), BlockLayers.relu()));
    }
    if (block.pool() > 1) {
      chain.layer(named(BlockNames.pool(block.name()), BlockLayers.pool(block)));
    }
  }

  private static Layer named(String name, Layer layer) {
    layer.setLayerName(name);
    return layer;
  }
}
