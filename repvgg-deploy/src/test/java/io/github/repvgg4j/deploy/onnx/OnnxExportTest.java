package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.Downsample;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OnnxExportTest {

  private static final double LIMIT = 5e-6;

  private static final RepVggSpec SMALL =
      RepVggSpec.of(List.of(2, 2, 3, 1), List.of(16, 16, 32, 48, 64), 7, InputShape.square(33));

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, false, 13", "2, false, 14", "4, false, 15", "1, true, 16", "4, true, 17"})
  void bothFormsAnswerAlikeInEveryOpset(int groups, boolean squeezeExcitation, int opset)
      throws Exception {
    RepVggSpec spec = SMALL.withBlockOptions(new BlockOptions(groups, squeezeExcitation));
    checkBothForms(spec, 2, OnnxOptions.DEFAULT.withOpset(opset));
  }

  @ParameterizedTest
  @EnumSource(BlockKind.class)
  void everyKindOfBlockAnswersAlike(BlockKind kind) throws Exception {
    checkBothForms(SMALL.withBlockOptions(BlockOptions.of(kind)), 2, OnnxOptions.DEFAULT);
  }

  @Test
  void networksThatPoolAnswerAlike() throws Exception {
    checkBothForms(SMALL.withDownsample(Downsample.MAXPOOL), 2, OnnxOptions.DEFAULT);
  }

  @Test
  void variantA0AnswersAlike() throws Exception {
    checkBothForms(RepVggVariant.A0.spec(1000, InputShape.square(96)), 1, OnnxOptions.DEFAULT);
  }

  @Tag("proof")
  @ParameterizedTest
  @EnumSource(
      value = RepVggVariant.class,
      names = {"A0", "A1", "A2", "B0", "B1G4", "ARTICLE", "D2SE"})
  void variantsAnswerAlikeAtFullSize(RepVggVariant variant) throws Exception {
    checkBothForms(variant.spec(), 1, OnnxOptions.DEFAULT);
  }

  @Test
  void fusedFileHasConvolutionsReluPoolingAndTheClassifierOnly() throws Exception {
    Path file = export(GraphFuser.fuse(network(SMALL)).network(), Form.FAST, OnnxOptions.DEFAULT);
    Set<String> types = new TreeSet<>();
    for (NodeProto node : read(file).getGraph().getNodeList()) {
      types.add(node.getOpType());
    }
    assertThat(types).containsExactly("Conv", "Flatten", "Gemm", "GlobalAveragePool", "Relu");
  }

  @Test
  void preprocessingAndSoftmaxCanStandInTheFile() throws Exception {
    ComputationGraph network = network(SMALL);
    INDArray pixels = Nd4j.rand(3, 3, 33, 33).muli(255);
    INDArray mean = Nd4j.createFromArray(0.485f, 0.456f, 0.406f).reshape(1, 3, 1, 1);
    INDArray std = Nd4j.createFromArray(0.229f, 0.224f, 0.225f).reshape(1, 3, 1, 1);
    INDArray normalised = pixels.div(255).sub(mean).div(std);
    Path file =
        export(
            network,
            Form.TRAINING,
            OnnxOptions.DEFAULT
                .withBatch(OnnxOptions.Batch.DYNAMIC)
                .withInput(OnnxOptions.Input.PIXELS)
                .withOutput(OnnxOptions.Output.PROBABILITIES));
    INDArray probabilities = network.outputSingle(normalised);
    assertThat(Tolerance.maxAbsDifference(OnnxRuntime.run(file, pixels), probabilities))
        .isLessThanOrEqualTo(LIMIT);
  }

  @Test
  void metadataHoldsLabelsNormalisationAndProvenance() throws Exception {
    Path file = export(network(SMALL), Form.TRAINING, OnnxOptions.DEFAULT);
    assertThat(OnnxRuntime.metadata(file))
        .containsEntry("form", "TRAINING")
        .containsEntry("labels", "a\nb\nc\nd\ne\nf\ng")
        .containsEntry("mean", "[0.485, 0.456, 0.406]")
        .containsEntry("cropFraction", "0.875")
        .containsEntry("input", "normalised")
        .containsEntry("provenance.source", "test");
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    assertThatThrownBy(() -> OnnxExport.checkSize(3L << 30))
        .hasMessageContaining("3221225472 bytes; one ONNX file holds 2 GB");
    assertThatThrownBy(() -> OnnxOptions.DEFAULT.withOpset(18))
        .hasMessage("opset: must be 13 to 17, got 18");
    assertThatThrownBy(
            () ->
                OnnxExport.write(
                    folder.resolve("x.onnx"),
                    network(SMALL),
                    ModelMetadata.of(Form.TRAINING, SMALL),
                    OnnxOptions.DEFAULT.withInput(OnnxOptions.Input.PIXELS)))
        .hasMessageContaining("does not say how images are normalised");
  }

  @Test
  void onnxsOwnCheckerAcceptsBothForms() throws Exception {
    assumeTrue(Python.has("onnx"), "Debian's python3-onnx is not installed");
    RepVggSpec spec = SMALL.withBlockOptions(new BlockOptions(2, true));
    ComputationGraph training = network(spec);
    Model fused = GraphFuser.fuse(training).network();
    for (Path file :
        List.of(
            export(training, Form.TRAINING, OnnxOptions.DEFAULT.withOpset(13)),
            export(fused, Form.FAST, OnnxOptions.DEFAULT))) {
      Python.run(
          "import onnx,sys; m=onnx.load(sys.argv[1]); onnx.checker.check_model(m, full_check=True)",
          file.toString());
    }
  }

  private void checkBothForms(RepVggSpec spec, int batch, OnnxOptions options) throws Exception {
    ComputationGraph training = network(spec);
    Model fused = GraphFuser.fuse(training).network();
    INDArray input =
        Nd4j.randn(batch, 3, spec.input().height(), spec.input().width())
            .castTo(training.params().dataType());
    OnnxOptions batched = batch == 1 ? options : options.withBatch(OnnxOptions.Batch.DYNAMIC);
    for (Model network : new Model[] {training, fused}) {
      Path file = export(network, network == training ? Form.TRAINING : Form.FAST, batched);
      INDArray expected = Logits.of(network, input);
      double difference = Tolerance.maxAbsDifference(OnnxRuntime.run(file, input), expected);
      System.out.printf(
          "%s %s: ONNX Runtime differs by at most %.2e (largest logit %.2f)%n",
          spec.widths(),
          network == training ? "training" : "fused",
          difference,
          expected.amaxNumber().doubleValue());
      assertThat(difference).isLessThanOrEqualTo(LIMIT);
      Files.delete(file);
    }
  }

  /** Random weights and statistics; the classifier is scaled to logits of magnitude 1. */
  private static ComputationGraph network(RepVggSpec spec) {
    Nd4j.getRandom().setSeed(5);
    ComputationGraph graph = RepVggGraphs.build(spec, GraphOptions.withSeed(3));
    RandomStatistics.fill(graph, 4);
    INDArray probe = Nd4j.randn(1, 3, spec.input().height(), spec.input().width());
    double largest = Logits.of(graph, probe).amaxNumber().doubleValue();
    graph.getLayer("head.linear").getParam("W").divi(largest);
    return graph;
  }

  private Path export(Model network, Form form, OnnxOptions options) throws Exception {
    Path file = folder.resolve(form + "-" + options.opset() + ".onnx");
    ModelMetadata metadata =
        ModelMetadata.unknown(form)
            .withLabels(List.of("a", "b", "c", "d", "e", "f", "g"))
            .withPreprocessing(Preprocessing.IMAGENET)
            .withProvenance("source", "test");
    OnnxExport.write(file, network, metadata, options);
    return file;
  }

  private static ModelProto read(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return ModelProto.parseFrom(in);
    }
  }
}
