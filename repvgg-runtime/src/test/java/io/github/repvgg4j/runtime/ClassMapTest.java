package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.repvgg4j.answer.ClassMap;
import io.github.repvgg4j.answer.FeatureMap;
import io.github.repvgg4j.answer.LinearHead;
import io.github.repvgg4j.answer.NoClassMapException;
import io.github.repvgg4j.array.Floats;
import io.github.repvgg4j.onednn.Convolutions;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.RuntimeOptions.SelfCheck;
import io.github.repvgg4j.runtime.RuntimeOptions.WithoutVnni;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.PooledEnd;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Class activation maps by the fast runtime: their algebra, and DL4J's own product. */
class ClassMapTest {

  private static final RepVggSpec SPEC =
      IntegerNetworkTest.spec(1, false).withStrides(List.of(1, 2, 1, 2, 1));
  private static final InputShape SHAPE = new InputShape(3, 32, 24);

  private static RuntimeOptions options(Precision precision) {
    return RuntimeOptions.of(precision).selfCheck(SelfCheck.SKIP).withoutVnni(WithoutVnni.REFUSE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "BF16"})
  void meanOfTheMapAndTheBiasAreTheLogit(Precision precision) {
    MultiLayerNetwork dl4j = FusedNetworks.of(SPEC, 3);
    NetworkParts parts = ArrayNetwork.parts(dl4j, SPEC.input(), Optional.empty());
    try (FastNetwork network = FastNetwork.of(parts, options(precision))) {
      float[] image = IntegerNetworkTest.images(7, 1, SHAPE);
      float[] logits = network.logits(image, 1, SHAPE);
      FeatureMap features = network.features(image, SHAPE);
      LinearHead head = network.linearHead();
      assertThat(new int[] {features.channels(), features.height(), features.width()})
          .containsExactly(96, 8, 6);
      for (int c = 0; c < head.classes(); c++) {
        assertThat(head.map(features, c).logit())
            .isCloseTo(logits[c], within(2e-6 * scale(logits)));
      }
      assertThat(network.logits(image, 1, SHAPE)).as("as before").isEqualTo(logits);
    }
  }

  private static double scale(float[] logits) {
    double largest = 0;
    for (float logit : logits) {
      largest = Math.max(largest, Math.abs(logit));
    }
    assertThat(largest).isPositive();
    return largest;
  }

  @ParameterizedTest
  @EnumSource(Convolutions.class)
  void mapIsTheProductOfDl4jsWeightsAndDl4jsFeatures(Convolutions convolutions) {
    MultiLayerNetwork dl4j = FusedNetworks.of(SPEC, 3);
    NetworkParts parts = ArrayNetwork.parts(dl4j, SPEC.input(), Optional.empty());
    try (FastNetwork network =
        FastNetwork.of(parts, options(Precision.FP32).convolutions(convolutions))) {
      float[] image = IntegerNetworkTest.images(8, 1, SHAPE);
      ClassMap map = network.linearHead().map(network.features(image, SHAPE), 4);
      INDArray input = Floats.array(image, 1, 3, 32, 24);
      int last = dl4j.getnLayers() - 1;
      INDArray features = dl4j.feedForward(input, false).get(last - 1).reshape('c', 96, 48);
      INDArray weights = dl4j.getLayer(last).getParam("W").getColumn(4, true).transpose();
      Tolerance.FLOAT32.check(
          Nd4j.createFromArray(new double[][] {map.values()}), weights.mmul(features));
    }
  }

  /**
   * The logits come from codes of the pooled features, each of which is half a step off at most.
   */
  @Test
  void integersStandForNumbersWhoseLogitsAreTheNetworksWithinTheCodesOfTheFeatures()
      throws IOException {
    NetworkParts parts = IntegerNetworkTest.parts(SPEC, 3);
    var integers = IntegerNetworkTest.quantize(SimpleQuantizer.PLAIN, parts);
    var graph = ConfigurationReader.read(parts.configuration());
    int pooled = graph.nodes().get(PooledEnd.of(graph).linear()).inputs().get(0);
    double step = integers.tensors().get(pooled).scale();
    try (FastNetwork network = FastNetwork.of(parts, integers, options(Precision.INT8))) {
      float[] image = IntegerNetworkTest.images(1, 1, SPEC.input());
      float[] logits = network.logits(image, 1, SPEC.input());
      FeatureMap features = network.features(image, SPEC.input());
      LinearHead head = network.linearHead();
      for (int c = 0; c < logits.length; c++) {
        double weights = 0;
        for (int k = 0; k < head.channels(); k++) {
          weights += Math.abs(head.weights()[c * head.channels() + k]);
        }
        assertThat(head.map(features, c).logit())
            .isCloseTo(logits[c], within(0.5 * step * weights + 1e-5));
      }
    }
  }

  @Test
  void networkWithoutAGlobalAverageIsRefused() {
    MultiLayerNetwork flat =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).name("conv").nOut(4).build())
                .layer(new OutputLayer.Builder().nOut(5).activation(Activation.SOFTMAX).build())
                .setInputType(InputType.convolutional(8, 8, 3))
                .build());
    flat.init();
    InputShape shape = InputShape.square(8);
    NetworkParts parts = ArrayNetwork.parts(flat, shape, Optional.empty());
    try (FastNetwork network = FastNetwork.of(parts, options(Precision.FP32))) {
      assertThatThrownBy(() -> network.features(new float[192], shape))
          .isInstanceOf(NoClassMapException.class)
          .hasMessageContaining("reads layer 0 'conv'");
      assertThatThrownBy(network::linearHead).isInstanceOf(NoClassMapException.class);
      assertThat(network.logits(new float[192], 1, shape)).hasSize(5);
    }
  }
}
