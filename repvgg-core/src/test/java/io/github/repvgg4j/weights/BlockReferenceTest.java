package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.model.RepVggChains;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.proof.Certificate;
import io.github.repvgg4j.proof.CertificateCheck;
import io.github.repvgg4j.proof.Certifier;
import io.github.repvgg4j.rewrite.FuseOptions;
import io.github.repvgg4j.rewrite.FusionResult;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions.Structure;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.TensorSlot.Layout;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every kind of block against PyTorch. */
class BlockReferenceTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void bothFormsAnswerAsPyTorch(BlockCase block) throws IOException {
    ImportedWeights imported = block.load();
    assertThat(imported.form()).isEqualTo(Form.TRAINING);
    assertThat(imported.naming()).isEqualTo(block.naming());
    INDArray input = block.array("input.npy");
    INDArray logits = block.array("logits.npy");
    Tolerance.FLOAT32.check(Logits.of(imported.network(), input.dup()), logits);

    FusionResult fused = GraphFuser.fuse(imported.network(), FuseOptions.DEFAULT.strict());
    assertThat(fused.fused()).hasSize(block.spec().blocks().size());
    assertThat(((MultiLayerNetwork) fused.network()).getLayerNames())
        .isEqualTo(chain(block).getLayerNames());
    Tolerance.FLOAT32.check(Logits.of(fused.network(), input.dup()), logits);
  }

  /** Gated blocks of one convolution, whose ReLU stands behind the gate; MobileOne-S4 ends so. */
  @ParameterizedTest
  @EnumSource(names = {"PLAIN", "MOBILEONE"})
  void blocksOfOneBranchKeepTheirNames(BlockCase block) {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(16, 16, 32, 32, 48), 5, InputShape.square(16))
            .withBlockOptions(
                new BlockOptions(1, true)
                    .withStructure(new Structure(block.spec().blockOptions().kind(), 1)));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(1));
    MultiLayerNetwork fused =
        (MultiLayerNetwork) GraphFuser.fuse(graph, FuseOptions.DEFAULT.strict()).network();
    MultiLayerNetwork expected =
        new MultiLayerNetwork(RepVggChains.configuration(spec, GraphOptions.withSeed(1)));
    expected.init();
    assertThat(fused.getLayerNames()).isEqualTo(expected.getLayerNames());
    assertThat(WeightExport.tensors(fused, spec, Naming.OFFICIAL, 1).keySet())
        .isEqualTo(WeightExport.tensors(expected, spec, Naming.OFFICIAL, 1).keySet());
    // As they were called once: dense, not dense.conv.
    fused.getLayerWiseConfigurations().getConfs().stream()
        .map(conf -> conf.getLayer())
        .filter(layer -> layer.getLayerName().matches("stage\\d+\\.block\\d+"))
        .forEach(layer -> layer.setLayerName(layer.getLayerName() + ".dense"));
    assertThat(WeightExport.tensors(fused, spec, Naming.OFFICIAL, 1)).isNotEmpty();
  }

  /** Grouped kernels as dense ones, which is what {@code convert --portable} writes. */
  @Test
  void portableFormsAreSaidNotToBeExportable() {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 16, 16, 32), 5, InputShape.square(16))
            .withBlockOptions(new BlockOptions(4, false));
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(1));
    Model portable = GraphFuser.fuse(graph, FuseOptions.DEFAULT.portable()).network();
    assertThatThrownBy(() -> WeightExport.tensors(portable, spec, Naming.OFFICIAL, 1))
        .hasMessageContaining("holds its groups as one dense kernel, as convert --portable");
  }

  /** The layout of what fusing writes, without its weights. */
  private static MultiLayerNetwork chain(BlockCase block) {
    MultiLayerNetwork chain =
        new MultiLayerNetwork(RepVggChains.configuration(block.spec(), GraphOptions.withSeed(1)));
    chain.init();
    return chain;
  }

  @ParameterizedTest
  @EnumSource
  void fusedFormIsTheFastFormsLayers(BlockCase block) throws IOException {
    MultiLayerNetwork fused =
        (MultiLayerNetwork) GraphFuser.fuse(block.load().network(), FuseOptions.DEFAULT).network();
    MultiLayerNetwork chain = chain(block);
    for (int i = 0; i < chain.getnLayers(); i++) {
      assertThat(fused.getLayer(i).conf().getLayer().getClass())
          .isEqualTo(chain.getLayer(i).conf().getLayer().getClass());
    }
    chain.setParams(fused.params());
    INDArray input = block.array("input.npy");
    Tolerance.EXACT.check(chain.output(input.dup()), fused.output(input.dup()));
  }

  @ParameterizedTest
  @EnumSource
  void lossGradientAndRunningMeansInTrainingAreThoseOfPyTorch(BlockCase block) throws IOException {
    ImportedWeights imported = block.load();
    ComputationGraph graph = inFloat64(block, imported);
    INDArray input = block.array("input.npy").castTo(DataType.DOUBLE);
    graph.setInputs(input);
    graph.setLabels(Nd4j.eye(5).castTo(DataType.DOUBLE).get(interval(3), all()).dup());
    graph.computeGradientAndScore();
    Map<String, Tensor> expected = block.training();
    assertThat(graph.score()).isCloseTo(expected.get("loss").floats()[0], Offset.offset(1e-6));
    INDArray gradients = graph.getGradientsViewArray();
    NamedLayers layers = NamedLayers.of(graph);
    int compared = 0;
    for (TensorSlot slot : TensorSlots.of(block.spec(), Form.TRAINING, block.naming())) {
      if (slot.layout() == Layout.BATCH_COUNT || slot.parameter().equals("var")) {
        continue;
      }
      INDArray parameter = layers.parameter(slot);
      double[] found = numbers(gradients, graph, parameter);
      if (slot.layout() == Layout.TRANSPOSED) {
        INDArray matrix = Nd4j.createFromArray(found).reshape('f', parameter.shape());
        found = matrix.transpose().dup('c').data().asDouble();
      }
      boolean mean = slot.parameter().equals("mean");
      double[] wanted = doubles(expected.get((mean ? "after." : "gradient.") + slot.tensor()));
      double[] before = parameter.dup('c').data().asDouble();
      for (int i = 0; i < found.length; i++) {
        double actual = mean ? before[i] - found[i] : found[i] / 3;
        assertThat(actual).as(slot.tensor()).isCloseTo(wanted[i], Offset.offset(2e-6));
      }
      compared++;
    }
    assertThat(compared).isEqualTo(expected.size() - 1);
  }

  private static ComputationGraph inFloat64(BlockCase block, ImportedWeights imported) {
    ComputationGraph graph =
        RepVggGraphs.build(block.spec(), GraphOptions.withSeed(1).withDataType(DataType.DOUBLE));
    graph.setParams(imported.network().params().castTo(DataType.DOUBLE));
    return graph;
  }

  private static double[] numbers(INDArray flat, ComputationGraph graph, INDArray view) {
    int from = (int) (view.offset() - graph.params().offset());
    return Arrays.copyOfRange(flat.dup().data().asDouble(), from, from + (int) view.length());
  }

  private static double[] doubles(Tensor tensor) throws IOException {
    float[] values = tensor.floats();
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static org.nd4j.linalg.indexing.INDArrayIndex interval(int rows) {
    return org.nd4j.linalg.indexing.NDArrayIndex.interval(0, rows);
  }

  private static org.nd4j.linalg.indexing.INDArrayIndex all() {
    return org.nd4j.linalg.indexing.NDArrayIndex.all();
  }

  @ParameterizedTest
  @EnumSource
  void weightsOfBothFormsComeBackBitForBit(BlockCase block) throws IOException {
    Model training = block.load().network();
    Model fast = GraphFuser.fuse(training, FuseOptions.DEFAULT).network();
    for (Model network : List.of(training, fast)) {
      Path file = folder.resolve((network == fast) + ".safetensors");
      CheckpointFiles.save(file, WeightExport.tensors(network, block.spec(), block.naming(), 7));
      StateDict dict = WeightFiles.load(file);
      StateDictStructure found = StateDictStructure.of(dict);
      assertThat(found.form()).isEqualTo(network == fast ? Form.FAST : Form.TRAINING);
      assertThat(found.spec()).map(spec -> spec.numClasses()).contains(5);
      assertThat(found.spec()).map(spec -> spec.depths()).contains(block.spec().depths());
      if (network == training) {
        assertThat(found.kind()).isEqualTo(block.spec().blockOptions().kind());
        assertThat(found.spec())
            .map(spec -> spec.blockOptions())
            .contains(block.spec().blockOptions());
      }
      Model again = WeightImport.network(dict, block.spec()).network();
      Tolerance.EXACT.check(again.params(), network.params());
    }
  }

  @ParameterizedTest
  @EnumSource
  void certificateHolds(BlockCase block) throws IOException {
    ComputationGraph training = (ComputationGraph) block.load().network();
    FusionResult fused = GraphFuser.fuse(training, FuseOptions.DEFAULT);
    Certificate certificate =
        new Certifier(training, fused, FuseOptions.DEFAULT)
            .measuredOn("test", "fixture", block.array("input.npy"));
    assertThat(certificate.regions()).hasSize(block.spec().blocks().size());
    assertThat(certificate.verdict()).isEqualTo(Certificate.Verdict.WITHIN_BOUND);
    CertificateCheck check = new CertificateCheck(certificate);
    assertThat(check.againstFused(fused.network())).isEmpty();
    assertThat(check.againstOriginal(training)).isEmpty();
  }

  @Test
  void otherBlocksThanTheFilesAreRefusedInOneLine() throws IOException {
    StateDict dict = WeightFiles.load(BlockCase.QAREPVGG.file("model.safetensors"));
    assertThatThrownBy(() -> WeightImport.network(dict, BlockCase.PLAIN.spec()))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("block qarepvgg");
    StateDict timm = WeightFiles.load(BlockCase.TIMM_MOBILEONE_GATED.file("model.safetensors"));
    assertThatThrownBy(() -> WeightImport.network(timm, BlockCase.QAREPVGG.spec()))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("timm has no names for block qarepvgg");
  }
}
