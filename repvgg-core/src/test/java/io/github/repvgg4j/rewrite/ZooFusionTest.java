package io.github.repvgg4j.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's own model zoo, built without its weights. */
class ZooFusionTest {

  private static int[] shape(int side) {
    return new int[] {3, side, side};
  }

  @Test
  @Tag("proof")
  void everyBatchNormOfResNet50IsFolded() {
    check(
        "ResNet50", ResNet50.builder().numClasses(10).inputShape(shape(64)).build().init(), 64, 53);
  }

  @Test
  @Tag("proof")
  void theRestOfTheZooIsFolded() {
    check(
        "Darknet19",
        Darknet19.builder().numClasses(10).inputShape(shape(64)).build().init(),
        64,
        18);
    check("TinyYOLO", TinyYOLO.builder().numClasses(4).inputShape(shape(96)).build().init(), 96, 8);
    check("YOLO2", YOLO2.builder().numClasses(4).inputShape(shape(96)).build().init(), 96, 22);
    check("UNet", UNet.builder().inputShape(shape(64)).build().init(), 64, 0);
    check(
        "SqueezeNet",
        SqueezeNet.builder().numClasses(10).inputShape(shape(96)).build().init(),
        96,
        0);
    check(
        "Xception", Xception.builder().numClasses(10).inputShape(shape(96)).build().init(), 96, 40);
  }

  private static void check(String name, Model model, int side, int batchNorms) {
    RandomStatistics.fill(model, 3);
    List<String> all =
        NetworkView.of(model).nodes().values().stream()
            .filter(n -> n.layer() instanceof BatchNormalization)
            .map(Node::name)
            .toList();
    FusionResult result = GraphFuser.fuse(model, FuseOptions.DEFAULT);
    long folded =
        result.fused().stream().flatMap(f -> f.members().stream()).filter(all::contains).count();
    INDArray x = Certifier.standardNormal(5, DataType.FLOAT, 1, 3, side, side);
    Certificate certificate =
        new Certifier(model, result, FuseOptions.DEFAULT).measuredOn("test", "normal", x);
    System.out.printf(
        "%s: %d of %d BatchNorms folded, %d regions, %d refused, %d corrected, output off by %s%n",
        name,
        folded,
        all.size(),
        result.fused().size(),
        result.refused().size(),
        result.corrected().size(),
        certificate.outputDifference().orElseThrow());
    result.refused().stream().limit(6).forEach(r -> System.out.println("  " + r.text()));
    result.corrected().stream().limit(3).forEach(c -> System.out.println("  " + c.text()));
    certificate.regions().stream()
        .mapToDouble(r -> r.estimatedBound() / r.measured().orElseThrow())
        .filter(Double::isFinite)
        .max()
        .ifPresent(max -> System.out.printf("  estimated / measured at most %.0f%n", max));
    assertThat(folded).as(name).isGreaterThanOrEqualTo(batchNorms);
    assertThat(certificate.verdict()).as(name).isEqualTo(Certificate.Verdict.WITHIN_BOUND);
    List<INDArray> expected = Activations.outputs(model, x);
    INDArray[] actual =
        result.network() instanceof ComputationGraph graph
            ? graph.output(x.dup())
            : new INDArray[] {((MultiLayerNetwork) result.network()).output(x.dup())};
    for (int i = 0; i < actual.length; i++) {
      assertThat(Tolerance.maxRelDifference(actual[i], expected.get(i))).as(name).isLessThan(1e-4);
    }
  }
}
