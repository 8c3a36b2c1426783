package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.BlockNames;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class GoldenNetworksTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Golden.class)
  void trainingFormAnswersAsTheReference(Golden golden) throws Exception {
    ImportedWeights imported = load(golden, golden.weights());
    assertThat(imported.form()).isEqualTo(Form.TRAINING);
    assertThat(imported.naming())
        .isEqualTo(golden.name().startsWith("TIMM") ? Naming.TIMM : Naming.OFFICIAL);
    INDArray logits = Logits.of(imported.network(), golden.array("input.npy"));
    report(golden + " training", logits, golden);
    Tolerance.REFERENCE_LOGITS.check(logits, golden.array("logits.npy"));
  }

  @Test
  void everyStageAnswersAsTheReference() throws Exception {
    ComputationGraph graph =
        (ComputationGraph) load(Golden.PLAIN, Golden.PLAIN.weights()).network();
    Map<String, INDArray> activations = graph.feedForward(Golden.PLAIN.array("input.npy"), false);
    int[] lastBlocks = {0, 0, 1, 1, 0};
    for (int stage = 0; stage <= 4; stage++) {
      String block = BlockNames.block(stage, lastBlocks[stage]);
      Tolerance.ACTIVATIONS.check(
          activations.get(BlockNames.relu(block)), Golden.PLAIN.array("stage" + stage + ".npy"));
    }
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void fusedFormAnswersAsTheReference(Golden golden) throws Exception {
    FusionResult fused =
        GraphFuser.fuse(load(golden, golden.weights()).network(), FuseOptions.DEFAULT.strict());
    assertThat(fused.network()).isInstanceOf(MultiLayerNetwork.class);
    INDArray logits = Logits.of(fused.network(), golden.array("input.npy"));
    report(golden + " fused", logits, golden);
    Tolerance.FUSED_LOGITS.check(logits, golden.array("logits.npy"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Golden.class,
      names = {"PLAIN", "GROUPED_G2", "GROUPED_G4", "SQUEEZE_EXCITATION"})
  void fusedKernelsAreTheReferencesOwn(Golden golden) throws Exception {
    Path deploy = golden.file("deploy.pth");
    ImportedWeights theirs = load(golden, deploy);
    assertThat(theirs.form()).isEqualTo(Form.FAST);
    Model ours =
        GraphFuser.fuse(load(golden, golden.weights()).network(), FuseOptions.DEFAULT).network();
    Tolerance.FUSED_LOGITS.check(
        Logits.of(theirs.network(), golden.array("input.npy")), golden.array("logits.npy"));
    Map<String, Tensor> expected = WeightFiles.load(deploy).tensors();
    double largest = 0;
    for (Map.Entry<String, Tensor> entry :
        WeightExport.tensors(ours, theirs.spec(), Naming.OFFICIAL, 0).entrySet()) {
      double difference =
          relativeDifference(entry.getValue().floats(), expected.get(entry.getKey()).floats());
      assertThat(difference).as(entry.getKey()).isLessThanOrEqualTo(1e-6);
      largest = Math.max(largest, difference);
    }
    System.out.printf("%s: fused kernels differ by at most %.2e relative%n", golden, largest);
  }

  @ParameterizedTest
  @CsvSource({"train-legacy-format.pth", "train-checkpoint-ddp.pth"})
  void otherContainersGiveTheSameNetwork(String file) throws Exception {
    INDArray plain = load(Golden.PLAIN, Golden.PLAIN.weights()).network().params();
    INDArray other = load(Golden.PLAIN, Golden.PLAIN.file(file)).network().params();
    Tolerance.EXACT.check(other, plain);
  }

  @ParameterizedTest
  @EnumSource(Golden.class)
  void importExportImportKeepsEveryBitUnderEveryNaming(Golden golden) throws Exception {
    ImportedWeights first = load(golden, golden.weights());
    Model fast = GraphFuser.fuse(first.network(), FuseOptions.DEFAULT).network();
    for (Naming naming : Naming.values()) {
      for (String file : new String[] {naming + ".pth", naming + ".safetensors"}) {
        for (Model network : new Model[] {first.network(), fast}) {
          Path path = folder.resolve(file);
          CheckpointFiles.save(path, WeightExport.tensors(network, first.spec(), naming, 77));
          ImportedWeights again = load(golden, path);
          assertThat(again.naming()).isEqualTo(naming);
          assertThat(again.batchesTracked()).isEqualTo(network == fast ? 0 : 77);
          assertThat(again.network().params()).isEqualTo(network.params());
          Tolerance.EXACT.check(again.network().params(), network.params());
        }
      }
    }
  }

  private static ImportedWeights load(Golden golden, Path file) throws Exception {
    RepVggSpec spec = GoldenSpecs.of(golden);
    return WeightImport.network(WeightFiles.load(file), spec);
  }

  private static void report(String what, INDArray logits, Golden golden) {
    System.out.printf(
        "%s: logits differ by at most %.2e%n",
        what, Tolerance.maxAbsDifference(logits, golden.array("logits.npy")));
  }

  private static double relativeDifference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
