package io.github.repvgg4j.layer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Prints what groups save; asserts nothing. One group is the dense kernel in one oneDNN call. The
 * variants take turns, so that a machine's other work falls on all of them; the least time counts.
 */
@Tag("proof")
class GroupedConvolutionTimingTest {

  private static final int ROUNDS = 15;
  private static final LayerWorkspaceMgr HEAP = LayerWorkspaceMgr.noWorkspaces();

  private record Times(double[] forwardMillis, double[] backwardMillis) {}

  @ParameterizedTest
  @CsvSource({"128, 56, 8", "256, 28, 8", "512, 14, 8", "256, 28, 1", "64, 16, 64"})
  void groupsSaveTime(int channels, int side, int examples) {
    INDArray input = Nd4j.rand(DataType.FLOAT, examples, channels, side, side);
    INDArray epsilon = Nd4j.rand(DataType.FLOAT, examples, channels, side, side);
    Map<Layer, Times> layers = new LinkedHashMap<>();
    for (int groups : new int[] {1, 2, 4}) {
      layers.put(layer(groups, channels, side), new Times(new double[ROUNDS], new double[ROUNDS]));
    }
    for (int round = -2; round < ROUNDS; round++) {
      for (Map.Entry<Layer, Times> entry : layers.entrySet()) {
        time(entry.getKey(), input, epsilon, entry.getValue(), round);
      }
    }
    layers.forEach(
        (layer, times) ->
            System.out.printf(
                "3x3, %d channels, %dx%d, batch %d, %d groups: forward %.2f ms, backward %.2f ms%n",
                channels,
                side,
                side,
                examples,
                ((GroupedConvolution2D) layer.conf().getLayer()).getGroups(),
                Arrays.stream(times.forwardMillis()).min().orElseThrow(),
                Arrays.stream(times.backwardMillis()).min().orElseThrow()));
  }

  private static void time(Layer layer, INDArray input, INDArray epsilon, Times times, int round) {
    layer.setInput(input, HEAP);
    long start = System.nanoTime();
    layer.activate(true, HEAP);
    long middle = System.nanoTime();
    layer.setInput(input, HEAP);
    layer.backpropGradient(epsilon, HEAP);
    long end = System.nanoTime();
    if (round >= 0) {
      times.forwardMillis()[round] = (middle - start) / 1e6;
      times.backwardMillis()[round] = (end - middle) / 1e6;
    }
  }

  private static Layer layer(int groups, int channels, int side) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(
                    new GroupedConvolution2D.Builder(3, 3)
                        .nOut(channels)
                        .groups(groups)
                        .padding(1, 1)
                        .hasBias(false)
                        .build())
                .layer(
                    new CnnLossLayer.Builder()
                        .activation(Activation.IDENTITY)
                        .lossFunction(LossFunction.MSE)
                        .build())
                .setInputType(InputType.convolutional(side, side, channels))
                .build());
    network.init();
    network.initGradientsView();
    return network.getLayer(0);
  }
}
