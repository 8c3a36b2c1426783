package io.github.repvgg4j.modelzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.model.RepVggGraphs;
import io.github.repvgg4j.model.RepVggGraphs.GraphOptions;
import io.github.repvgg4j.modelzip.ModelZip.UpdaterState;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.Tolerance;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Zips of DL4J up to 0.9.1. {@code mln.zip} and {@code graph.zip} were written by DL4J 0.9.1 itself
 * ({@code WriteOld.java.txt} beside them), which answered with the numbers below.
 */
class OldArraysTest {

  private static final float[] MLN = {
    0.115834646f, 0.07933823f, 0.80482715f, 0.30151355f, 0.028629538f, 0.6698569f
  };
  private static final float[] GRAPH = {
    0.34512627f, 0.48555806f, 0.16931567f, 0.29385957f, 0.43814784f, 0.26799265f
  };

  @TempDir Path folder;
  private ComputationGraph graph;
  private Path zip;

  @BeforeEach
  void network() throws IOException {
    RepVggSpec spec =
        RepVggSpec.of(List.of(1, 1, 1, 1), List.of(2, 2, 2, 2, 2), 3, InputShape.square(16));
    graph = RepVggGraphs.build(spec, GraphOptions.withSeed(1));
    zip = folder.resolve("new.zip");
    ModelZipWriter.of(graph, ModelMetadata.of(ModelMetadata.Form.TRAINING, spec)).write(zip);
  }

  private static INDArray input() {
    return Nd4j.linspace(DataType.FLOAT, 0, 1.0 / 49, 50).reshape(2, 1, 5, 5);
  }

  private Path resource(String name) throws IOException {
    try (var in = getClass().getResourceAsStream("/dl4j-0.9.1/" + name)) {
      Path file = folder.resolve(name);
      Files.write(file, in.readAllBytes());
      return file;
    }
  }

  @Test
  void zipOf091AnswersAsItDidThere() throws IOException {
    MultiLayerNetwork ours = (MultiLayerNetwork) ModelZip.load(resource("mln.zip")).network();
    Tolerance.FLOAT32.check(ours.output(input()), Nd4j.createFromArray(MLN).reshape(2, 3));
    MultiLayerNetwork stock =
        ModelSerializer.restoreMultiLayerNetwork(resource("mln.zip").toFile(), true);
    Tolerance.EXACT.check(ours.params(), stock.params());
    MultiLayerNetwork withState =
        (MultiLayerNetwork) ModelZip.load(resource("mln.zip"), UpdaterState.LOAD).network();
    Tolerance.EXACT.check(
        withState.getUpdater().getStateViewArray(), stock.getUpdater().getStateViewArray());
  }

  /** Which DL4J 1.0.0-M2.1 itself can't restore: it takes "dropOut": 0.0 for a probability. */
  @Test
  void graphOf091AnswersAsItDidThere() throws IOException {
    ComputationGraph ours = (ComputationGraph) ModelZip.load(resource("graph.zip")).network();
    Tolerance.FLOAT32.check(ours.outputSingle(input()), Nd4j.createFromArray(GRAPH).reshape(2, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"DIRECT", "HEAP", "JAVACPP"})
  void theOldLayoutOfFloatsIsReadAsDl4jReadsIt(String mode) throws IOException {
    Path old = rewritten(array(mode, "INT", "FLOAT", graph.params()));
    Model ours = ModelZip.load(old).network();
    Tolerance.EXACT.check(ours.params(), graph.params());
    Tolerance.EXACT.check(
        ours.params(), ModelSerializer.restoreComputationGraph(old.toFile(), false).params());
  }

  @Test
  void theLayoutsInBetweenAndDoublesAreReadToo() throws IOException {
    for (String type : List.of("FLOAT", "DOUBLE")) {
      for (String mode : List.of("JAVACPP", "LONG_SHAPE", "MIXED_DATA_TYPES")) {
        String shape = mode.equals("JAVACPP") ? "INT" : "LONG";
        Path old = rewritten(array(mode, shape, type, graph.params()));
        Tolerance.EXACT.check(
            ModelZip.load(old).network().params().castTo(DataType.FLOAT), graph.params());
      }
    }
  }

  @Test
  void damagedOnesAreNamed() throws IOException {
    byte[] good = array("JAVACPP", "INT", "FLOAT", graph.params());
    for (int cut : new int[] {5, 30, 60, good.length - 3}) {
      assertThatThrownBy(() -> ModelZip.load(rewritten(java.util.Arrays.copyOf(good, cut))))
          .isInstanceOf(ArchiveException.class)
          .hasMessageContaining("coefficients.bin is cut off or damaged");
    }
    byte[] negative = array("JAVACPP", "INT", "FLOAT", graph.params());
    negative[9 + 4 + 5 + 8 * 4 + 9] = (byte) 0xff; // the data's length
    assertThatThrownBy(() -> ModelZip.load(rewritten(negative)))
        .hasMessageContaining("does not hold an ND4J array");
    assertThatThrownBy(
            () -> ModelZip.load(rewritten(array("SPARSE", "INT", "FLOAT", graph.params()))))
        .hasMessageContaining("does not hold an ND4J array");
    assertThat(good).hasSizeGreaterThan(100);
  }

  /** As {@code BaseDataBuffer.write} of ND4J 0.9.1, or of the versions after it, writes a row. */
  private static byte[] array(String mode, String shapeType, String type, INDArray values)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    boolean old = shapeType.equals("INT");
    long extras = mode.equals("MIXED_DATA_TYPES") ? (type.equals("FLOAT") ? 0x2000 : 0x4000) : 0;
    long length = values.length();
    header(out, mode, old, 8, shapeType);
    for (long number : new long[] {2, 1, length, length, 1, extras, 1, 'c'}) {
      if (old) {
        out.writeInt((int) number);
      } else {
        out.writeLong(number);
      }
    }
    header(out, mode, old, length, type);
    for (int i = 0; i < length; i++) {
      if (type.equals("FLOAT")) {
        out.writeFloat(values.getFloat(i));
      } else {
        out.writeDouble(values.getDouble(i));
      }
    }
    return bytes.toByteArray();
  }

  private static void header(
      DataOutputStream out, String mode, boolean old, long length, String type) throws IOException {
    out.writeUTF(mode);
    if (old) {
      out.writeInt((int) length);
    } else {
      out.writeLong(length);
    }
    out.writeUTF(type);
  }

  private Path rewritten(byte[] coefficients) throws IOException {
    Path target = folder.resolve("old.zip");
    try (ZipFile from = new ZipFile(zip.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(target))) {
      to.putNextEntry(new ZipEntry(ModelSerializer.CONFIGURATION_JSON));
      to.write(
          from.getInputStream(from.getEntry(ModelSerializer.CONFIGURATION_JSON)).readAllBytes());
      to.putNextEntry(new ZipEntry(ModelSerializer.COEFFICIENTS_BIN));
      to.write(coefficients);
    }
    return target;
  }
}
