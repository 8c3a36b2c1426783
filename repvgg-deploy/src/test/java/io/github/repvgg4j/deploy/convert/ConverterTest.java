package io.github.repvgg4j.deploy.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Sha256;
import io.github.repvgg4j.deploy.Models;
import io.github.repvgg4j.deploy.convert.ConvertOptions.Comparison;
import io.github.repvgg4j.model.ModelCost;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.spec.BlockSpec;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConverterTest {

  private static final ConvertOptions QUICK =
      ConvertOptions.DEFAULT.withComparison(Comparison.DEFAULT.withImages(10).withLatencyRounds(0));

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model = Models.trainingZip(folder.resolve("model.zip"));
  }

  @Test
  void fastFormIsOneConvolutionABlockWithTheSameAnswers() throws IOException {
    Converter.convert(model, QUICK);
    MultiLayerNetwork fast =
        ModelSerializer.restoreMultiLayerNetwork(folder.resolve("fast.zip").toFile());
    assertThat(Stream.of(fast.getLayers()).map(l -> l.conf().getLayer().getLayerName()))
        .containsExactlyElementsOf(
            Stream.concat(
                    Models.SPEC.blocks().stream().map(BlockSpec::name),
                    Stream.of("head.pool", "head.linear"))
                .toList());
    INDArray images = Nd4j.rand(DataType.FLOAT, 3, 3, 32, 32);
    Tolerance.FLOAT32.check(Logits.of(fast, images), Logits.of(Models.training(), images));
  }

  @Test
  void reportIsTheProof() throws IOException {
    ConversionReport report =
        Converter.convert(
            model,
            ConvertOptions.DEFAULT.withComparison(
                Comparison.DEFAULT.withImages(20).withLatencyRounds(3)));
    JsonNode json = new ObjectMapper().readTree(folder.resolve("fast.report.json").toFile());
    assertThat(json.get("maxAbsDifference").asDouble())
        .isEqualTo(report.maxAbsDifference())
        .isLessThan(1e-5);
    assertThat(json.get("maxRelDifference").asDouble()).isLessThan(1e-5);
    assertThat(json.get("top1Agreement").asDouble()).isEqualTo(1.0);
    assertThat(json.get("images").asInt()).isEqualTo(20);
    assertThat(json.get("comparedOn").asText()).contains("random");
    assertThat(json.get("layers")).hasSize(Models.SPEC.blocks().size());
    assertThat(json.get("model").get("sha256").asText()).isEqualTo(Sha256.of(model));
    Path fast = folder.resolve("fast.zip");
    assertThat(json.get("fast").get("sha256").asText()).isEqualTo(Sha256.of(fast));
    assertThat(json.get("fast").get("bytes").asLong()).isEqualTo(Files.size(fast));
    ModelCost cost =
        ModelCost.of(Models.training().getConfiguration(), InputType.convolutional(32, 32, 3));
    assertThat(json.get("model").get("macs").asLong()).isEqualTo(cost.macs());
    long weights = cost.weightMacs() - 3 * 16; // without the linear layer
    assertThat(json.get("fast").get("macs").asLong())
        .as("nine of ten weights of a block are in its 3x3 kernel")
        .isEqualTo(weights * 9 / 10 + 3 * 16);
    assertThat(json.get("latency").get("rounds").asInt()).isEqualTo(3);
  }

  @Test
  void metadataTravelsAndNamesItsParent() throws IOException {
    String sha256 = Sha256.of(model);
    Converter.convert(model, QUICK);
    ModelMetadata fast = ModelZip.readMetadata(folder.resolve("fast.zip"));
    ModelMetadata training = ModelZip.readMetadata(model);
    assertThat(fast.form()).isEqualTo(Form.FAST);
    assertThat(fast.labels()).isEqualTo(Models.LABELS);
    assertThat(fast.spec()).isEqualTo(training.spec());
    assertThat(fast.preprocessing()).isEqualTo(training.preprocessing());
    assertThat(fast.provenance())
        .containsEntry("seed", "11")
        .containsEntry("parent.sha256", sha256)
        .containsEntry("parent.file", "model.zip");
    assertThat(Sha256.of(model)).as("the input is not changed").isEqualTo(sha256);
  }

  @Test
  void sameInputGivesSameBytes() throws IOException {
    Converter.convert(model, QUICK);
    Path again = folder.resolve("again.zip");
    Converter.convert(model, QUICK.withZip(again));
    assertThat(again).hasSameBinaryContentAs(folder.resolve("fast.zip"));
    assertThat(folder.resolve("again.report.json")).exists();
  }

  @Test
  void runsTestImagesAreUsedAndAccuracyIsCompared() throws IOException {
    Path data = folder.resolve("data");
    for (int i = 0; i < 9; i++) {
      Models.image(
          data.resolve("test/" + Models.LABELS.get(i % 3) + "/" + i + ".png"), 0xff << i, i);
    }
    Files.writeString(data.resolve("test/dog/broken.png"), "no image");
    Files.writeString(folder.resolve("config.yaml"), "data:\n  path: " + data + "\n");
    ConversionReport report = Converter.convert(model, QUICK);
    assertThat(report.comparedOn()).isEqualTo("9 test images of " + data);
    assertThat(report.accuracy().fast()).isEqualTo(report.accuracy().model());
  }

  @Test
  void differenceAboveTheLimitWritesNothing() throws IOException {
    ConvertOptions strict = QUICK.withComparison(QUICK.comparison().withLimit(0));
    assertThatThrownBy(() -> Converter.convert(model, strict))
        .isInstanceOf(ConversionRefused.class)
        .hasMessageContaining("worst layer stage")
        .hasMessageContaining("nothing written");
    assertThat(folder).isDirectoryContaining(model::equals);
    assertThat(Files.list(folder)).containsExactly(model);
  }

  @Test
  void brokenWeightsWriteNothing() throws IOException {
    ComputationGraph graph = Models.training();
    graph.getLayer("stage1.block0.dense.conv").getParam("W").putScalar(0, Float.NaN);
    ModelZipWriter.of(graph, ModelZip.readMetadata(model)).write(model);
    assertThatThrownBy(() -> Converter.convert(model, QUICK))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("not finite");
    assertThat(Files.list(folder)).containsExactly(model);
  }

  @Test
  void fastFormIsNotConvertedAgain() throws IOException {
    Converter.convert(model, QUICK);
    Path fast = folder.resolve("fast.zip");
    assertThatThrownBy(() -> Converter.convert(fast, QUICK))
        .isInstanceOf(ConversionRefused.class)
        .hasMessage(
            fast + ": is in its fast form already; convert takes the training form, model.zip");
    MultiLayerNetwork bare = (MultiLayerNetwork) ModelZip.load(fast).network();
    Path plain = folder.resolve("plain.zip");
    ModelSerializer.writeModel(bare, plain.toFile(), false);
    assertThatThrownBy(
            () ->
                Converter.convert(
                    plain,
                    QUICK.withComparison(
                        new Comparison(
                            Optional.empty(), Optional.of(Models.SPEC.input()), 4, 1e-4, 0))))
        .hasMessage(plain + ": has nothing to fuse; use it as it is");
  }

  @Test
  void existingOutputIsKeptUnlessToldOtherwise() throws IOException {
    Path fast = Files.writeString(folder.resolve("fast.zip"), "mine");
    assertThatThrownBy(() -> Converter.convert(model, QUICK))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(fast + ": exists already");
    assertThat(fast).hasContent("mine");
    Converter.convert(model, QUICK.replacing());
    assertThat(ModelZip.readMetadata(fast).form()).isEqualTo(Form.FAST);
    assertThatThrownBy(() -> Converter.convert(model, QUICK.replacing().withZip(model)))
        .hasMessageContaining("input itself");
  }

  @Test
  void unwritableTargetIsOneLineAndLeavesNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path target = file.resolve("fast.zip");
    assertThatThrownBy(() -> Converter.convert(model, QUICK.withZip(target)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(target.toString());
    assertThat(Files.list(folder)).containsExactlyInAnyOrder(model, file);
  }

  @Test
  void filesThatAreNoModelsAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.zip"), "hello");
    assertThatThrownBy(() -> Converter.convert(text, QUICK)).isInstanceOf(ArchiveException.class);
    assertThat(Files.list(folder)).containsExactlyInAnyOrder(model, text);
  }

  @Test
  void runsImagesThatCannotBeUsedGiveWayToRandomNumbersWithTheReason() throws IOException {
    Path data = folder.resolve("data");
    Models.image(data.resolve("test/horse/0.png"), 0xff, 1);
    Path config = folder.resolve("config.yaml");
    Files.writeString(config, "data:\n  path: " + data + "\n");
    String random = "10 random images (normal distribution, seed 1)";
    assertThat(Converter.convert(model, QUICK).comparedOn())
        .startsWith(random + ", since the run's images cannot be used: " + data + ": ")
        .contains("horse");
    assertThatThrownBy(
            () ->
                Converter.convert(
                    model, QUICK.replacing().withComparison(QUICK.comparison().withData(data))))
        .hasMessageContaining("horse");
    Models.dataSet(folder.resolve("images")); // of another run
    Files.writeString(config, "data:\n  path: " + folder.resolve("gone") + "\n");
    assertThat(Converter.convert(model, QUICK.replacing()).comparedOn())
        .startsWith(random + ", since the run's images cannot be used: " + folder.resolve("gone"));
    Files.writeString(config, "data:\n  generate: {}\n");
    assertThat(Converter.convert(model, QUICK.replacing()).comparedOn())
        .isEqualTo("10 test images of " + folder.resolve("images"));
  }
}
