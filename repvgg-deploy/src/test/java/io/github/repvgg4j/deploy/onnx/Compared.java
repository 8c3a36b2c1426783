package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.rewrite.Activations;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes a network, runs the file in ONNX Runtime, and compares with Deeplearning4j. */
final class Compared {

  static final double LIMIT = 1e-5;

  static final OnnxOptions ACTIVATED =
      OnnxOptions.DEFAULT
          .withBatch(OnnxOptions.Batch.DYNAMIC)
          .withOutput(OnnxOptions.Output.PROBABILITIES);

  private Compared() {}

  /**
   * Fails unless all outputs are Deeplearning4j's and have the shapes that the file declares.
   *
   * @param inputs as Deeplearning4j takes them, which must be NCHW
   * @return the declared shapes, by name
   */
  static Map<String, long[]> check(
      Path folder, Model network, OnnxOptions options, String what, INDArray... inputs)
      throws Exception {
    List<INDArray> expected = Activations.outputs(network, inputs);
    return check(folder, network, options, what, expected, inputs);
  }

  static Map<String, long[]> check(
      Path folder,
      Model network,
      OnnxOptions options,
      String what,
      List<INDArray> expected,
      INDArray... inputs)
      throws Exception {
    Path file = Files.createTempFile(folder, "x", ".onnx");
    OnnxExport.write(file, network, ModelMetadata.unknown(Form.TRAINING), options);
    List<INDArray> actual = OnnxRuntime.runAll(file, inputs);
    assertThat(actual).as(what).hasSameSizeAs(expected);
    Map<String, long[]> shapes = OnnxRuntime.outputShapes(file);
    List<long[]> declared = List.copyOf(shapes.values());
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).shape()).as(what).isEqualTo(expected.get(i).shape());
      assertThat(declared.get(i)).as(what).hasSameSizeAs(expected.get(i).shape());
      for (int axis = 0; axis < declared.get(i).length; axis++) {
        long size = declared.get(i)[axis];
        assertThat(size == -1 || size == expected.get(i).size(axis))
            .as("%s: declared axis %d of size %d", what, axis, size)
            .isTrue();
      }
      assertThat(expected.get(i).amaxNumber().doubleValue()).as(what).isPositive();
      assertThat(Tolerance.maxRelDifference(actual.get(i), expected.get(i)))
          .as("%s, output %d", what, i)
          .isLessThanOrEqualTo(LIMIT);
    }
    Files.delete(file);
    return shapes;
  }
}
