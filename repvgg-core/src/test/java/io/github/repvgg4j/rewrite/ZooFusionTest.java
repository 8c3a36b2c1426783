package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.network.NetworkView;
import io.github.repvgg4j.network.Node;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * DL4J's own model zoo, built without its weights. Each test states how many BatchNorms the network
 * has by its paper, and every one of them has to be folded.
 */
@Tag("proof")
class ZooFusionTest {

  private static int[] shape(int side) {
    return new int[] {3, side, side};
  }

  /**
   * The stem, four blocks of 3 + 1 (projection) and twelve of 3 convolutions, each with its own.
   */
  @Test
  void everyBatchNormOfResNet50IsFolded() {
    check(
        "ResNet50", ResNet50.builder().numClasses(10).inputShape(shape(96)).build().init(), 96, 53);
  }

  /** Nineteen convolutions; the last, which is the classifier, has none. */
  @Test
  void everyBatchNormOfDarknet19IsFolded() {
    check(
        "Darknet19",
        Darknet19.builder().numClasses(10).inputShape(shape(64)).build().init(),
        64,
        18);
  }

  /** Nine convolutions; the last has none. */
  @Test
  void everyBatchNormOfTinyYoloIsFolded() {
    check("TinyYOLO", TinyYOLO.builder().numClasses(4).inputShape(shape(96)).build().init(), 96, 8);
  }

  /** Darknet19's eighteen, two more, the passthrough's and the one behind the passthrough. */
  @Test
  void everyBatchNormOfYolo2WithItsPassthroughIsFolded() {
    check("YOLO2", YOLO2.builder().numClasses(4).inputShape(shape(96)).build().init(), 96, 22);
  }

  /**
   * Two convolutions, 34 separable ones, four projections. DL4J's class gives every convolution a
   * ReLU of its own by its default activation, before the BatchNorm; without it, as in the paper
   * (1610.02357), all are folded.
   */
  @Test
  void everyBatchNormOfXceptionIsFolded() {
    ComputationGraph zoo = Xception.builder().numClasses(10).inputShape(shape(96)).build().init();
    ComputationGraphConfiguration conf = zoo.getConfiguration().clone();
    conf.getVertices()
        .values()
        .forEach(
            vertex -> {
              if (vertex instanceof LayerVertex layer
                  && layer.getLayerConf().getLayer() instanceof ConvolutionLayer convolution) {
                convolution.setActivationFn(new ActivationIdentity());
              }
            });
    ComputationGraph paper = new ComputationGraph(conf);
    paper.init();
    check("Xception", paper, 96, 40);
  }

  /** A ReLU stands between each convolution and its BatchNorm, and the report says so. */
  @Test
  void xceptionAsTheZooHasItIsRefusedForItsActivations() {
    Model zoo = Xception.builder().numClasses(10).inputShape(shape(96)).build().init();
    RandomStatistics.fill(zoo, 3);
    FusionResult result = GraphFuser.fuse(zoo, FuseOptions.DEFAULT);
    assertThat(result.fused()).isEmpty();
    assertThat(result.refused())
        .filteredOn(r -> r.place().startsWith("block") && r.place().endsWith("_bn"))
        .hasSize(36)
        .allSatisfy(r -> assertThat(r.reason()).contains("(behind an activation)"));
  }

  /** Has no BatchNorm; its skips are concatenated. */
  @Test
  void unetComesThroughUnchanged() {
    check("UNet", UNet.builder().inputShape(shape(64)).build().init(), 64, 0);
  }

  /** Has no BatchNorm; a ReLU behind each convolution. */
  @Test
  void squeezeNetComesThroughUnchanged() {
    check(
        "SqueezeNet",
        SqueezeNet.builder().numClasses(10).inputShape(shape(96)).build().init(),
        96,
        0);
  }

  private static void check(String name, Model model, int side, int batchNorms) {
    RandomStatistics.fill(model, 3);
    scaleWeights(model);
    List<String> all =
        NetworkView.of(model).nodes().values().stream()
            .filter(n -> n.layer() instanceof BatchNormalization)
            .map(Node::name)
            .toList();
    FusionResult result = GraphFuser.fuse(model, FuseOptions.DEFAULT);
    List<String> folded =
        result.fused().stream().flatMap(f -> f.members().stream()).filter(all::contains).toList();
    INDArray x = Certifier.standardNormal(5, DataType.FLOAT, 1, 3, side, side);
    Certificate certificate =
        new Certifier(model, result, FuseOptions.DEFAULT).measuredOn("test", "normal", x);
    print(name, all.size(), folded.size(), result, certificate);
    assertThat(all).as(name).hasSize(batchNorms);
    assertThat(folded).as(name).containsExactlyInAnyOrderElementsOf(all);
    assertThat(certificate.verdict()).as(name).isEqualTo(Certificate.Verdict.WITHIN_BOUND);
    List<INDArray> expected = Activations.outputs(model, x);
    List<INDArray> actual = Activations.outputs(result.network(), x);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(Tolerance.maxRelDifference(actual.get(i), expected.get(i)))
          .as(name)
          .isLessThan(1e-4);
    }
  }

  /** The zoo's ResNet50 draws weights so large that its outputs overflow; He's rule for all. */
  private static void scaleWeights(Model model) {
    for (Node node : NetworkView.of(model).nodes().values()) {
      INDArray weights = node.params().get("W");
      if (weights != null && weights.rank() == 4 && node.layer() instanceof ConvolutionLayer) {
        double fanIn = (double) weights.length() / weights.size(0);
        weights.muli(Math.sqrt(2 / fanIn) / weights.stdNumber().doubleValue());
      }
    }
  }

  private static void print(
      String name, int batchNorms, int folded, FusionResult result, Certificate certificate) {
    System.out.printf(
        "%s: %d of %d BatchNorms folded, %d regions, %d refused, %d corrected, output off by %.1e,"
            + " bound / measured at most: proven %.0f, estimated %.0f%n",
        name,
        folded,
        batchNorms,
        result.fused().size(),
        result.refused().size(),
        result.corrected().size(),
        certificate.outputDifference().orElseThrow(),
        worst(certificate, Certificate.RegionProof::provenBound),
        worst(certificate, Certificate.RegionProof::estimatedBound));
    result.refused().forEach(r -> System.out.println("  " + r.text()));
    result.corrected().forEach(c -> System.out.println("  " + c.text()));
  }

  private static double worst(
      Certificate certificate, ToDoubleFunction<Certificate.RegionProof> bound) {
    return certificate.regions().stream()
        .filter(r -> r.measured().orElse(0.0) > 0)
        .mapToDouble(r -> bound.applyAsDouble(r) / r.measured().get())
        .max()
        .orElse(0);
  }
}
