package io.github.repvgg4j.deploy.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.network.Activations;
import io.github.repvgg4j.testkit.Tolerance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    assertThat(expected).as(what).noneMatch(Compared::isZero); // it would agree with nothing at all
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
    Result result = run(folder, network, options, what, expected, inputs);
    assertThat(result.differences()).as(what).allMatch(difference -> difference <= LIMIT);
    return result.shapes();
  }

  /**
   * What ONNX Runtime makes of a file.
   *
   * @param shapes of the outputs as the file declares them, by name
   * @param differences of the outputs
   */
  record Result(Map<String, long[]> shapes, List<Double> differences) {}

  /** Fails only where an output is missing or has another shape than it should or declares. */
  static Result run(
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
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).shape()).as(what).isEqualTo(expected.get(i).shape());
      checkDeclared(declared.get(i), expected.get(i), what);
      differences.add(difference(actual.get(i), expected.get(i)));
    }
    Files.delete(file);
    return new Result(shapes, differences);
  }

  private static void checkDeclared(long[] declared, INDArray expected, String what) {
    assertThat(declared).as(what).hasSameSizeAs(expected.shape());
    for (int axis = 0; axis < declared.length; axis++) {
      assertThat(declared[axis] == -1 || declared[axis] == expected.size(axis))
          .as("%s: declared axis %d of size %d", what, axis, declared[axis])
          .isTrue();
    }
  }

  static boolean isZero(INDArray array) {
    return array.amaxNumber().doubleValue() == 0;
  }

  /** Relative to the largest number; where that is zero, as it is. */
  static double difference(INDArray actual, INDArray expected) {
    return isZero(expected)
        ? Tolerance.maxAbsDifference(actual, expected)
        : Tolerance.maxRelDifference(actual, expected);
  }
}
