package io.github.repvgg4j.runtime.graph;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

class ConfigurationReaderTest {

  @Test
  void unfusedBatchNormalisationIsNamedWithItsRemedy() {
    refused(
        new BatchNormalization(),
        "layer 1 'layer1' (BatchNormalization): BatchNormalization, a layer of the training form;"
            + " convert the training form first");
  }

  @Test
  void layersThatTheRuntimeLacksAreNamedWithIndexAndType() {
    refused(
        new Upsampling2D.Builder(2).build(),
        "layer 1 'layer1' (Upsampling2D): Upsampling2D is not among its layers; run this"
            + " network with Deeplearning4j (--engine dl4j)");
    refused(new SubsamplingLayer.Builder(2, 2).padding(1, 1).build(), "padded or dilated pooling");
    refused(convolution().activation(Activation.CUBE).build(), "ActivationCube; run this network");
    refused(convolution().dilation(2, 2).build(), "dilation 2; run this network");
    refused(convolution().hasBias(false).build(), "hasBias is false, not true; convert");
    refused(convolution().kernelSize(3, 1).build(), "kernelSize [3,1] is not square");
    refused(new GlobalPoolingLayer(PoolingType.MAX), "poolingType is MAX, not AVG");
  }

  private static ConvolutionLayer.Builder convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.RELU);
  }

  private static void refused(Layer second, String message) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .convolutionMode(ConvolutionMode.Truncate)
            .list()
            .layer(convolution().build())
            .layer(second);
    if (!(second instanceof GlobalPoolingLayer)) {
      list.layer(new GlobalPoolingLayer(PoolingType.AVG));
    }
    list.layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
        .setInputType(InputType.convolutional(16, 16, 3));
    byte[] json = list.build().toJson().getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ConfigurationReader.read(json))
        .isInstanceOf(UnsupportedLayerException.class)
        .hasMessageContaining(message);
  }
}
