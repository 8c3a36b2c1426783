package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.testkit.PythonPickler;
import io.github.repvgg4j.testkit.PythonPickler.PyObject;
import io.github.repvgg4j.testkit.Tolerance;
import io.github.repvgg4j.weights.checkpoint.CheckpointFiles;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import io.github.repvgg4j.weights.checkpoint.TorchFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of a file's tensors are taken, and what is said of the others. */
class WeightChoiceTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 2, 1, 1), List.of(2, 2, 3, 2, 4), 3, InputShape.square(16));
  private static final RepVggSpec OTHER =
      RepVggSpec.of(List.of(2, 3, 2, 1), List.of(4, 4, 3, 2, 4), 3, InputShape.square(16));

  @TempDir Path folder;

  private final Map<String, Tensor> weights = weights(SPEC, 1);
  private final TorchFile torch = new TorchFile(new Random(3));

  private static Map<String, Tensor> weights(RepVggSpec spec, long seed) {
    return RandomWeights.of(spec, Form.TRAINING, Naming.OFFICIAL, new Random(seed));
  }

  @Test
  void scoresBesideTheMapAreNoWeights() throws Exception {
    StateDict dict =
        load(
            map(
                "state_dict", dict(weights, ""),
                "best_acc1", score(),
                "best_acc5", score()));
    assertTaken(dict, "state_dict", "");
    assertThat(dict.beside().others()).containsExactly("best_acc1 (tensor)", "best_acc5 (tensor)");
    assertTaken(
        load("state_dict", map("a", score(), "state_dict", dict(weights, ""))), "state_dict", "");
  }

  @Test
  void anyDepthAndAnyContainer() throws Exception {
    assertTaken(load(map("a", map("b", List.of(1L, map("c", dict(weights, "")))))), "a.b.1.c", "");
    assertTaken(load(new PythonPickler.Tuple(List.of(dict(weights, ""), 3L))), "0", "");
    assertTaken(load(map(4L, map(0.5, dict(weights, "net.")))), "4.(number)", "net.");
  }

  @Test
  void trainedWeightsGoBeforeAveragedOnesUnlessAskedFor() throws Exception {
    Map<String, Tensor> averaged = weights(SPEC, 2);
    Object root =
        map("model_ema", dict(averaged, "module."), "model", dict(weights, "module."), "epoch", 3L);
    StateDict dict = load(root);
    assertTaken(dict, "model", "module.");
    assertThat(dict.beside().alternatives()).containsExactly("model_ema.module");
    assertThat(dict.beside().others())
        .containsExactly("model_ema (" + averaged.size() + " tensors)", "epoch");
    assertSame(load("model_ema", root), averaged);
    assertSame(load("model_ema.module", root), averaged);
    assertThatThrownBy(() -> load("best", root))
        .hasMessageEndingWith(
            "has no weights under 'best'; there are: [model.module, model_ema.module]");
  }

  @Test
  void theNetworkThatIsAskedForGoesBeforeAnother() throws Exception {
    Object root = map("teacher", dict(weights(OTHER, 4), ""), "pupil", dict(weights, ""));
    assertTaken(load(root), "pupil", "");
    StateDict other = WeightFiles.load(write(root), new Wanted("", Optional.of(OTHER)));
    assertThat(other.location()).isEqualTo("teacher");
  }

  @Test
  void oneMapUnderTwoNamesIsFoundByEither() throws Exception {
    Map<Object, Object> shared = dict(weights, "");
    byte[] zip = torch.zip(2, map("first", shared));
    assertThat(zip).isNotEmpty();
    assertTaken(load("model", map("model", shared)), "model", "");
    assertTaken(load(".", dict(weights, "")), "", "");
  }

  @Test
  void prefixesAreTakenOffThoughOthersStandBeside() throws Exception {
    for (String file : List.of("w.pth", "w.safetensors")) {
      for (String prefix : List.of("net.", "model.", "module.backbone.", "")) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("criterion.weight", RandomWeights.floats(List.of(3L), false, new Random(1)));
        weights.forEach((name, tensor) -> all.put(prefix + name, tensor));
        all.put("steps", Tensor.ofLong(3));
        all.put(prefix + "stage0.total_ops", Tensor.ofLong(3));
        Path path = folder.resolve(file);
        CheckpointFiles.save(path, all);
        StateDict dict = WeightFiles.load(path, new Wanted("", Optional.of(SPEC)));
        assertTaken(dict, "", prefix);
        assertThat(dict.beside().leftOut())
            .containsExactly("criterion.weight", "steps", prefix + "stage0.total_ops");
      }
    }
  }

  @Test
  void twoPrefixesInOneMap() throws Exception {
    Map<String, Tensor> averaged = weights(SPEC, 9);
    Map<String, Tensor> all = new LinkedHashMap<>();
    averaged.forEach((name, tensor) -> all.put("ema_model.module." + name, tensor));
    weights.forEach((name, tensor) -> all.put("model." + name, tensor));
    Path path = folder.resolve("two.safetensors");
    CheckpointFiles.save(path, all);
    StateDict dict = WeightFiles.load(path);
    assertTaken(dict, "", "model.");
    assertThat(dict.beside().alternatives()).containsExactly("ema_model.module");
    assertThat(dict.beside().leftOut()).isEmpty();
    assertSame(WeightFiles.load(path, "ema_model"), averaged);
  }

  @Test
  void weightsOfTheNetworkMayNeitherBeMissingNorLeftOver() throws Exception {
    Map<String, Tensor> headless = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> headless.put(name.replaceFirst("^linear", "fc"), tensor));
    assertThatThrownBy(() -> WeightImport.network(load(dict(headless, "m.")), SPEC))
        .hasMessageEndingWith(
            "tensor linear.weight: expected [3, 4], found none (and 1 more differences);"
                + " left out, since they have other names or stand elsewhere than its blocks:"
                + " m.fc.weight, m.fc.bias");
    for (String extra :
        List.of(
            "stage0.rbr_3x1.weight",
            "stage4.0.nonlinearity.weight",
            "stage2.7.rbr_1x1.conv.weight")) {
      Map<String, Tensor> more = new LinkedHashMap<>(weights);
      more.put(extra, Tensor.ofFloats(List.of(2L), new float[2]));
      assertThatThrownBy(() -> WeightImport.network(load(dict(more, "m.")), SPEC))
          .hasMessageContaining("tensor " + extra + ": expected none, found [2]");
    }
  }

  @Test
  void valuesUnderAWeightsNameThatAreNoTensorsAreNamed() throws Exception {
    Map<Object, Object> arrays = dict(weights, "");
    arrays.replaceAll(
        (name, tensor) ->
            PyObject.call(
                "numpy.core.multiarray",
                "_reconstruct",
                new PythonPickler.Name("numpy", "ndarray")));
    assertThatThrownBy(() -> load(arrays)).hasMessageContaining("is no tensor but a numpy.ndarray");
    Map<Object, Object> one = dict(weights, "");
    one.put("linear.bias", List.of(1.0, 2.0, 3.0));
    assertThatThrownBy(() -> load(one))
        .hasMessageContaining("tensor linear.bias: is no tensor but a list");
    Map<Object, Object> count = dict(weights, "");
    count.put("stage0.rbr_dense.bn.num_batches_tracked", 3L);
    WeightImport.network(load(count), SPEC);
  }

  @Test
  void negativeVariancesAreReportedAndOtherNegativeNumbersAreNot() throws Exception {
    weights.put("linear.bias", Tensor.ofFloats(List.of(3L), new float[] {-1, -2, -3}));
    weights.put(
        "stage0.rbr_1x1.bn.running_var", Tensor.ofFloats(List.of(2L), new float[] {0, -1e-9f}));
    assertThat(WeightImport.network(load(dict(weights, "")), SPEC).unusable())
        .containsExactly(new UnusableNumbers("stage0.rbr_1x1.bn.running_var", 0, 0, 1, 2));
  }

  @Test
  void naNAndInfinityAreReportedWithTensorAndCount() throws Exception {
    weights.put("linear.bias", Tensor.ofFloats(List.of(3L), new float[] {Float.NaN, 1, Float.NaN}));
    weights.put(
        "stage0.rbr_dense.bn.bias",
        Tensor.ofFloats(List.of(2L), new float[] {Float.NEGATIVE_INFINITY, Float.NaN}));
    Tensor large =
        new Tensor(
            List.of(2L),
            TensorType.FLOAT64,
            () ->
                ByteBuffer.allocate(16)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putDouble(0, 1e300)
                    .putDouble(8, 1));
    weights.put("stage0.rbr_1x1.bn.bias", large);
    assertThat(WeightImport.network(load(dict(weights, "")), SPEC).unusable())
        .containsExactlyInAnyOrder(
            new UnusableNumbers("linear.bias", 2, 0, 0, 3),
            new UnusableNumbers("stage0.rbr_dense.bn.bias", 1, 1, 0, 2),
            new UnusableNumbers("stage0.rbr_1x1.bn.bias", 0, 1, 0, 2));
    assertThat(WeightImport.network(load(dict(weights(SPEC, 1), "")), SPEC).unusable()).isEmpty();
  }

  private static Map<Object, Object> map(Object... keysAndValues) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private Object score() throws Exception {
    return torch.tensor(Tensor.ofFloats(List.of(), new float[] {70}));
  }

  private Map<Object, Object> dict(Map<String, Tensor> tensors, String prefix) throws Exception {
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      dict.put(prefix + entry.getKey(), torch.tensor(entry.getValue()));
    }
    return dict;
  }

  private Path write(Object root) throws Exception {
    return Files.write(folder.resolve("checkpoint.pth"), torch.zip(2, root));
  }

  private StateDict load(Object root) throws Exception {
    return load("", root);
  }

  private StateDict load(String place, Object root) throws Exception {
    return WeightFiles.load(write(root), new Wanted(place, Optional.of(SPEC)));
  }

  private void assertTaken(StateDict dict, String location, String prefix) throws Exception {
    assertThat(dict.location()).isEqualTo(location);
    assertThat(dict.prefix()).isEqualTo(prefix);
    assertSame(dict, weights);
  }

  private static void assertSame(StateDict dict, Map<String, Tensor> expected) throws Exception {
    Tolerance.EXACT.check(
        WeightImport.network(dict, SPEC).network().params(),
        WeightImport.network(new StateDict(Path.of("plain"), "", expected), SPEC)
            .network()
            .params());
  }
}
