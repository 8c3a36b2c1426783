package io.github.repvgg4j.modelzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.AtomicFile;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.Preprocessing;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip.LoadedModel;
import io.github.repvgg4j.modelzip.ModelZip.UpdaterState;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.RandomStatistics;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

class ModelZipTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(4, 4, 4, 4, 8), 3, InputShape.square(32));

  @TempDir Path folder;
  private ComputationGraph graph;
  private Path zip;
  private ModelMetadata metadata;

  @BeforeEach
  void writeZip() throws IOException {
    graph = RepVggGraphs.build(SPEC, GraphOptions.withSeed(3).withUpdater(new Nesterovs(0.1, 0.9)));
    RandomStatistics.fill(graph, 4);
    metadata =
        ModelMetadata.of(Form.TRAINING, SPEC)
            .withLabels(List.of("cat", "dog", "owl"))
            .withPreprocessing(Preprocessing.IMAGENET)
            .withProvenance("seed", "3");
    zip = folder.resolve("model.zip");
    ModelZipWriter.of(graph, metadata).withUpdaterState().write(zip);
  }

  @Test
  void everythingComesBackAsItWent() throws IOException {
    LoadedModel loaded = ModelZip.load(zip, UpdaterState.LOAD);
    ComputationGraph back = (ComputationGraph) loaded.network();
    Tolerance.EXACT.check(back.params(), graph.params());
    Tolerance.EXACT.check(
        back.getUpdater().getStateViewArray(), graph.getUpdater().getStateViewArray());
    assertThat(loaded.metadata()).isEqualTo(metadata);
  }

  @Test
  void deeplearning4jItselfRestoresTheZipAndItsNormaliser() throws Exception {
    ComputationGraph back = ModelSerializer.restoreComputationGraph(zip.toFile());
    INDArray input = Nd4j.rand(2, 3, 32, 32);
    Tolerance.EXACT.check(back.outputSingle(input), graph.outputSingle(input));
    INDArray pixels = Nd4j.rand(2, 3, 4, 4).muli(255);
    INDArray expected = pixels.div(255);
    for (int c = 0; c < 3; c++) {
      double mean = Preprocessing.IMAGENET.mean().get(c);
      double std = Preprocessing.IMAGENET.std().get(c);
      for (int n = 0; n < 2; n++) {
        expected.slice(n).slice(c).subi(mean).divi(std);
      }
    }
    DataSet data = new DataSet(pixels, Nd4j.zeros(2, 3));
    ModelSerializer.restoreNormalizerFromFile(zip.toFile()).transform(data);
    Tolerance.FLOAT32.check(data.getFeatures(), expected);
  }

  @Test
  void logitsAreTheNumbersBeforeTheSoftmax() {
    INDArray input = Nd4j.rand(2, 3, 32, 32);
    INDArray logits = Logits.of(graph, input);
    Tolerance.FLOAT32.check(Nd4j.nn().softmax(logits, 1), graph.outputSingle(input));
  }

  @Test
  void sameNetworkGivesSameBytes() throws IOException {
    Path again = folder.resolve("again.zip");
    ModelZipWriter.of(graph, metadata).withUpdaterState().write(again);
    assertThat(again).hasSameBinaryContentAs(zip);
    assertThat(Files.list(folder)).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 200, 2000, 5000})
  void truncatedZipIsRefused(int bytes) throws IOException {
    Path cut = folder.resolve("cut.zip");
    byte[] whole = Files.readAllBytes(zip);
    Files.write(cut, java.util.Arrays.copyOf(whole, Math.min(bytes, whole.length - 30)));
    assertThatThrownBy(() -> ModelZip.load(cut))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(cut + ": ")
        .hasMessageContaining("not a model zip");
  }

  @Test
  void textFileFolderAndMissingFileAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "hello");
    assertThatThrownBy(() -> ModelZip.load(text)).hasMessageContaining("not a model zip");
    assertThatThrownBy(() -> ModelZip.load(folder)).hasMessageContaining("is not a file");
    assertThatThrownBy(() -> ModelZip.load(folder.resolve("none.zip")))
        .hasMessageEndingWith("none.zip: no such file");
  }

  @Test
  void serializedJavaObjectIsNeverRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Trap());
    }
    for (String name : List.of("preprocessor.bin", "objects/x", "Preprocessor.BIN")) {
      Path evil = rewrite(Map.of(name, bytes.toByteArray()));
      assertThatThrownBy(() -> ModelZip.load(evil))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("serialized Java object");
    }
    assertThat(Trap.sprung).isFalse();
  }

  /** Sets a flag when it is deserialized, as a gadget would run code. */
  private static final class Trap implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    static boolean sprung;

    private void readObject(java.io.ObjectInputStream in) {
      sprung = true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../evil", "/etc/evil", "a/../../b", "C:/evil", "a\\b"})
  void namesThatLeaveTheZipAreRefused(String name) throws IOException {
    Path evil = rewrite(Map.of(name, new byte[] {1}));
    assertThatThrownBy(() -> ModelZip.load(evil)).hasMessageContaining("leaves the zip");
  }

  @Test
  void zipBombIsRefusedBeforeItIsUnpacked() throws IOException {
    Path bomb = rewrite(Map.of("bomb.bin", new byte[100 << 20]));
    assertThatThrownBy(() -> ModelZip.load(bomb)).hasMessageContaining("bomb.bin");
  }

  @Test
  void foreignClassInTheConfigurationIsNotBuilt() throws IOException {
    String json = new String(entries(zip).get("configuration.json"), StandardCharsets.UTF_8);
    String changed =
        json.replaceFirst("org.deeplearning4j.nn.conf.layers.ActivationLayer", "com.evil.Gadget");
    Path evil = rewrite(Map.of("configuration.json", changed.getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> ModelZip.load(evil)).hasMessageContaining("com.evil.Gadget");
  }

  @Test
  void claimedSizesAreHeldAgainstTheEntry() throws IOException {
    byte[] coefficients = entries(zip).get("coefficients.bin");
    byte[] huge = coefficients.clone();
    int lengthOfData = 0;
    for (int i = 20; i < huge.length - 8; i++) {
      if (huge[i] == 'F' && huge[i + 1] == 'L' && huge[i + 2] == 'O') {
        lengthOfData = i - 2 - 8;
        break;
      }
    }
    huge[lengthOfData + 1] = 1;
    Path evil = rewrite(Map.of("coefficients.bin", huge));
    assertThatThrownBy(() -> ModelZip.load(evil)).hasMessageContaining("claims");
    Path cut =
        rewrite(
            Map.of(
                "coefficients.bin",
                java.util.Arrays.copyOf(coefficients, coefficients.length / 2)));
    assertThatThrownBy(() -> ModelZip.load(cut)).isInstanceOf(ArchiveException.class);
  }

  @Test
  void failedWriteLeavesTheEarlierFileAlone() throws IOException {
    byte[] before = Files.readAllBytes(zip);
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    zip,
                    temporary -> {
                      Files.write(temporary, new byte[10]);
                      throw new IOException("No space left on device");
                    }))
        .hasMessage(zip + ": cannot be written: No space left on device");
    assertThat(zip).hasBinaryContent(before);
    assertThat(Files.list(folder)).containsExactly(zip);
  }

  private Path rewrite(Map<String, byte[]> changed) throws IOException {
    Map<String, byte[]> all = entries(zip);
    all.putAll(changed);
    Path target = folder.resolve("changed.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(target))) {
      for (Map.Entry<String, byte[]> entry : all.entrySet()) {
        out.putNextEntry(new ZipEntry(entry.getKey()));
        out.write(entry.getValue());
        out.closeEntry();
      }
    }
    return target;
  }

  private static Map<String, byte[]> entries(Path zip) throws IOException {
    Map<String, byte[]> all = new TreeMap<>();
    try (SafeZip safe = SafeZip.open(zip)) {
      for (ZipEntry entry : safe.entries()) {
        all.put(entry.getName(), safe.read(entry.getName()));
      }
    }
    return all;
  }
}
