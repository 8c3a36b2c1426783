package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.testkit.RandomStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.FaceNetNN4Small2;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Deeplearning4j's own zoo, built without its weights, as it is and fused. Not in it:
 * InceptionResNetV1, whose untrained tanh of numbers in the hundreds makes Deeplearning4j's float32
 * differ from its float64 by 3e-2, and NASNet, which its own builder cannot build.
 */
class OnnxZooTest {

  @TempDir Path folder;

  private static int[] shape(int side) {
    return new int[] {3, side, side};
  }

  private static Arguments net(String name, int channels, int side, Supplier<Model> built) {
    return Arguments.of(name, channels, side, built);
  }

  static Stream<Arguments> small() {
    return Stream.of(
        net(
            "Darknet19",
            3,
            64,
            () -> Darknet19.builder().numClasses(10).inputShape(shape(64)).build().init()),
        net(
            "SqueezeNet",
            3,
            64,
            () -> SqueezeNet.builder().numClasses(10).inputShape(shape(64)).build().init()),
        net(
            "LeNet",
            1,
            28,
            () -> LeNet.builder().numClasses(10).inputShape(new int[] {1, 28, 28}).build().init()),
        net(
            "SimpleCNN",
            3,
            48,
            () -> SimpleCNN.builder().numClasses(10).inputShape(shape(48)).build().init()));
  }

  static Stream<Arguments> large() {
    return Stream.of(
        net(
            "ResNet50",
            3,
            160,
            () -> ResNet50.builder().numClasses(10).inputShape(shape(160)).build().init()),
        net(
            "TinyYOLO",
            3,
            96,
            () -> TinyYOLO.builder().numClasses(4).inputShape(shape(96)).build().init()),
        net("UNet", 3, 64, () -> UNet.builder().numClasses(1).inputShape(shape(64)).build().init()),
        net(
            "Xception",
            3,
            96,
            () -> Xception.builder().numClasses(10).inputShape(shape(96)).build().init()),
        net(
            "YOLO2",
            3,
            96,
            () -> YOLO2.builder().numClasses(4).inputShape(shape(96)).build().init()),
        net("AlexNet", 3, 224, () -> AlexNet.builder().numClasses(10).build().init()),
        net(
            "VGG16",
            3,
            64,
            () -> VGG16.builder().numClasses(10).inputShape(shape(64)).build().init()),
        net(
            "FaceNetNN4Small2",
            3,
            96,
            () -> FaceNetNN4Small2.builder().numClasses(10).inputShape(shape(96)).build().init()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("small")
  void smallNetworkOfTheZooAnswersAlike(String name, int channels, int side, Supplier<Model> built)
      throws Exception {
    check(name, channels, side, built.get());
  }

  @Tag("proof")
  @ParameterizedTest(name = "{0}")
  @MethodSource("large")
  void networkOfTheZooAnswersAlike(String name, int channels, int side, Supplier<Model> built)
      throws Exception {
    check(name, channels, side, built.get());
  }

  private void check(String name, int channels, int side, Model network) throws Exception {
    RandomStatistics.fill(network, 1);
    scaleWeights(network);
    removeActivation(network);
    Nd4j.getRandom().setSeed(2);
    INDArray x = Nd4j.rand(DataType.FLOAT, 1, channels, side, side);
    OnnxOptions logits = OnnxOptions.DEFAULT.withShape(new InputShape(channels, side, side));
    Model fused = GraphFuser.fuse(network, FuseOptions.DEFAULT).network();
    for (Model model : List.of(network, fused)) {
      List<INDArray> expected = List.of(logits(model, x));
      Compared.Result result = Compared.run(folder, model, logits, name, expected, x);
      System.out.printf("%s: ONNX Runtime differs by %s%n", name, result.differences());
      assertThat(result.differences()).as(name).allMatch(d -> d <= Compared.LIMIT);
    }
  }

  /** A softmax of untrained numbers is a single one whatever else is wrong. */
  private static void removeActivation(Model network) {
    Layer[] layers = layers(network);
    var last = layers[layers.length - 1].conf().getLayer();
    if (last instanceof BaseLayer head) {
      head.setActivationFn(new ActivationIdentity());
    } else if (last instanceof ActivationLayer alone) {
      alone.setActivationFn(new ActivationIdentity());
    }
  }

  /** The output; of boxes what they are made of. */
  private static INDArray logits(Model network, INDArray x) {
    List<INDArray> tensors = List.copyOf(Activations.of(network, x).values());
    Layer[] layers = layers(network);
    boolean boxes = layers[layers.length - 1].conf().getLayer() instanceof Yolo2OutputLayer;
    return tensors.get(tensors.size() - (boxes ? 2 : 1));
  }

  private static Layer[] layers(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getLayers()
        : ((MultiLayerNetwork) network).getLayers();
  }

  /**
   * The zoo draws weights so large that outputs overflow, or so that float32 is lost: He's rule.
   */
  private static void scaleWeights(Model network) {
    for (Layer layer : layers(network)) {
      INDArray weights = layer.numParams() > 0 ? layer.paramTable().get("W") : null;
      if (weights != null && weights.rank() == 4) {
        double fanIn = (double) weights.length() / weights.size(0);
        weights.muli(Math.sqrt(2 / fanIn) / weights.stdNumber().doubleValue());
      }
    }
  }
}
