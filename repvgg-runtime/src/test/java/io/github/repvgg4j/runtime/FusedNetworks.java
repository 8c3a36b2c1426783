package io.github.repvgg4j.runtime;

import io.github.repvgg4j.layer.GroupedConvolution2D;
import io.github.repvgg4j.layer.SqueezeExcitation;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.spec.RepVggSpec;
import java.util.Random;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Stock DL4J networks of the fused form with random weights that keep activations near 1. */
public final class FusedNetworks {

  private FusedNetworks() {}

  public static MultiLayerNetwork of(RepVggSpec spec, long seed) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().convolutionMode(ConvolutionMode.Truncate).list();
    for (BlockSpec block : spec.blocks()) {
      list.layer(block.groups() == 1 ? convolution(block) : grouped(block));
      if (block.squeezeExcitation()) {
        list.layer(
            new SqueezeExcitation.Builder(Math.max(1, block.out() / 16))
                .nIn(block.out())
                .nOut(block.out())
                .build());
        list.layer(new ActivationLayer(Activation.RELU));
      }
    }
    list.layer(new GlobalPoolingLayer(PoolingType.AVG))
        .layer(
            new OutputLayer.Builder()
                .nIn(spec.features())
                .nOut(spec.numClasses())
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(
            InputType.convolutional(
                spec.input().height(), spec.input().width(), spec.input().channels()));
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    randomise(network, seed);
    return network;
  }

  private static Layer convolution(BlockSpec block) {
    return new ConvolutionLayer.Builder(3, 3)
        .name(block.name())
        .stride(block.stride(), block.stride())
        .padding(1, 1)
        .nIn(block.in())
        .nOut(block.out())
        .activation(block.squeezeExcitation() ? Activation.IDENTITY : Activation.RELU)
        .build();
  }

  private static Layer grouped(BlockSpec block) {
    return new GroupedConvolution2D.Builder(3, 3)
        .name(block.name())
        .groups(block.groups())
        .stride(block.stride(), block.stride())
        .padding(1, 1)
        .nIn(block.in())
        .nOut(block.out())
        .activation(block.squeezeExcitation() ? Activation.IDENTITY : Activation.RELU)
        .build();
  }

  /** He's variance for weights, so that a deep network neither dies nor explodes; random biases. */
  static void randomise(MultiLayerNetwork network, long seed) {
    Random random = new Random(seed);
    network
        .paramTable()
        .forEach(
            (name, values) -> {
              double fanIn = values.length() / (double) Math.max(values.size(0), 1);
              double scale =
                  values.length() > values.size(0) && !name.endsWith("b")
                      ? Math.sqrt(2 / fanIn)
                      : 0.1;
              for (long i = 0; i < values.length(); i++) {
                values.putScalar(i, random.nextGaussian() * scale);
              }
            });
  }

  static INDArray images(long seed, long... shape) {
    Random random = new Random(seed);
    INDArray images = Nd4j.createUninitialized(DataType.FLOAT, shape);
    for (long i = 0; i < images.length(); i++) {
      images.putScalar(i, random.nextGaussian());
    }
    return images;
  }
}
