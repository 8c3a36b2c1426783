package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.model.head.Logits;
import io.github.repvgg4j.modelzip.ModelZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.rewrite.GraphFuser;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import io.github.repvgg4j.weights.checkpoint.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks with axes of length 1, whose strides mean nothing. */
class OnesTest {

  @TempDir Path folder;

  static Stream<Arguments> networks() {
    return Stream.of(
        network("one squeezed channel", 16, 3, 4, 16, new BlockOptions(1, true)),
        network("one input channel", 4, 1, 4, 16, BlockOptions.PLAIN),
        network("one class", 4, 3, 1, 16, BlockOptions.PLAIN),
        network("a group a channel", 4, 3, 4, 16, new BlockOptions(4, false)),
        network("images of one pixel", 4, 3, 4, 1, BlockOptions.PLAIN),
        network("one channel everywhere", 1, 1, 2, 16, BlockOptions.PLAIN),
        network("everything one, gated", 16, 1, 1, 1, new BlockOptions(16, true)));
  }

  private static Arguments network(
      String name, int width, int channels, int classes, int side, BlockOptions options) {
    return Arguments.of(
        name,
        RepVggSpec.of(
                List.of(1, 2, 1, 1),
                List.of(width, width, width, width, width),
                classes,
                new InputShape(channels, side, side))
            .withBlockOptions(options));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void areImportedExportedFusedAndKept(String name, RepVggSpec spec) throws Exception {
    for (Naming naming : Naming.values()) {
      for (Form form : Form.values()) {
        Map<String, Tensor> tensors = RandomWeights.of(spec, form, naming, new Random(5));
        ImportedWeights imported = roundTrip(spec, tensors, naming);
        assertThat(imported.form()).isEqualTo(form);
        Path zip = folder.resolve("model.zip");
        ModelZipWriter.of(imported.network(), ModelMetadata.of(form, spec)).write(zip);
        Tolerance.EXACT.check(ModelZip.load(zip).network().params(), imported.network().params());
        if (form == Form.TRAINING) {
          InputShape in = spec.input();
          INDArray x = Nd4j.rand(DataType.FLOAT, 2, in.channels(), in.height(), in.width());
          ComputationGraph graph = (ComputationGraph) imported.network();
          INDArray fused = Logits.of(GraphFuser.fuse(graph).network(), x.dup());
          Tolerance.FUSED_LOGITS.check(fused, Logits.of(graph, x));
        }
      }
    }
  }

  private ImportedWeights roundTrip(RepVggSpec spec, Map<String, Tensor> tensors, Naming naming)
      throws Exception {
    ImportedWeights last = null;
    for (String file : List.of("w.pth", "w.safetensors", "strided.pth")) {
      Path path = folder.resolve(file);
      if (file.equals("strided.pth")) {
        Files.write(path, strided(tensors));
      } else {
        CheckpointFiles.save(path, tensors);
      }
      last = WeightImport.network(WeightFiles.load(path), spec);
      Map<String, Tensor> back = WeightExport.tensors(last.network(), spec, naming, 0);
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        if (entry.getValue().type() == TensorType.FLOAT32) {
          assertThat(back.get(entry.getKey()).floats())
              .as(entry.getKey())
              .containsExactly(entry.getValue().floats());
        }
      }
    }
    return last;
  }

  private static byte[] strided(Map<String, Tensor> tensors) throws Exception {
    TorchFile file = new TorchFile(new Random(6));
    Map<Object, Object> root = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      root.put(entry.getKey(), file.tensor(entry.getValue()));
    }
    return file.zip(2, root);
  }
}
