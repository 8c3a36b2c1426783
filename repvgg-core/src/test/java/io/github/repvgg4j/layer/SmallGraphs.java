package io.github.repvgg4j.layer;

import java.util.Random;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks around one layer under test, and data for them. */
final class SmallGraphs {

  static final long SEED = 7;
  static final int CLASSES = 3;

  private SmallGraphs() {}

  /**
   * Stock convolution 2 -> 8 with tanh, the layer, pooling, classifier; input 2 x 7 x 6. The
   * gradient of the first convolution depends on the input gradient of the layer.
   */
  static ComputationGraph around(Layer layer, DataType type) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(SEED)
                .dataType(type)
                .updater(new Sgd(0.1))
                .weightInit(WeightInit.XAVIER)
                .convolutionMode(ConvolutionMode.Truncate)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(InputType.convolutional(7, 6, 2))
                .addLayer(
                    "before",
                    new ConvolutionLayer.Builder(1, 1).nOut(8).activation(Activation.TANH).build(),
                    "input")
                .addLayer("layer", layer, "before")
                .addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "layer")
                .addLayer(
                    "output",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "pool")
                .setOutputs("output")
                .build());
    graph.init();
    return graph;
  }

  static DataSet data(int examples, DataType type) {
    INDArray labels = Nd4j.zeros(type, examples, CLASSES);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(new int[] {i, i % CLASSES}, 1);
    }
    return new DataSet(random(SEED, type, examples, 2, 7, 6), labels);
  }

  /** Uniform in -1 to 1, C order, without ND4J's generator. */
  static INDArray random(long seed, DataType type, long... shape) {
    Random random = new Random(seed);
    INDArray array = Nd4j.create(type, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, 2 * random.nextDouble() - 1);
    }
    return array;
  }
}
