package io.github.repvgg4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.spec.BlockKind;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggVariant;
import io.github.repvgg4j.testkit.Golden;
import io.github.repvgg4j.weights.checkpoint.Tensor;
import io.github.repvgg4j.weights.checkpoint.TensorType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightImportTest {

  private static final Path FILE = Path.of("some.pth");

  @Test
  void missingSurplusAndWrongTensorsAreNamedWithShapes() throws Exception {
    RepVggSpec spec = GoldenSpecs.of(Golden.PLAIN);
    assertThatThrownBy(() -> load(spec, tensors -> tensors.remove("linear.bias")))
        .hasMessage("some.pth: tensor linear.bias: expected [10], found none");
    assertThatThrownBy(
            () ->
                load(
                    spec,
                    tensors -> tensors.put("extra", Tensor.ofFloats(List.of(2L), new float[2]))))
        .hasMessage("some.pth: tensor extra: expected none, found [2]");
    assertThatThrownBy(
            () ->
                load(
                    spec,
                    tensors ->
                        tensors.put(
                            "stage0.rbr_dense.bn.weight",
                            Tensor.ofFloats(List.of(4L), new float[4]))))
        .hasMessage("some.pth: tensor stage0.rbr_dense.bn.weight: expected [16], found [4]");
    assertThatThrownBy(() -> load(spec, tensors -> tensors.put("linear.bias", Tensor.ofLong(1))))
        .hasMessage("some.pth: tensor linear.bias: expected [10], found []");
  }

  @Test
  void countsOfBatchesMayBeMissing() throws Exception {
    RepVggSpec spec = GoldenSpecs.of(Golden.PLAIN);
    ImportedWeights imported =
        load(spec, tensors -> tensors.keySet().removeIf(n -> n.endsWith("num_batches_tracked")));
    assertThat(imported.batchesTracked()).isZero();
  }

  @Test
  void checkpointOfAnotherVariantIsNamed() {
    Map<String, Tensor> tensors = shapesOf(RepVggVariant.B0, Naming.TIMM);
    StateDict dict = new StateDict(FILE, "", tensors);
    assertThatThrownBy(() -> WeightImport.network(dict, RepVggVariant.A0.spec()))
        .hasMessageMatching(
            "some.pth: tensor stem.conv_kxk.conv.weight: expected \\[48, 3, 3, 3], found"
                + " \\[64, 3, 3, 3] \\(and \\d+ more differences\\); the file holds variant B0:"
                + " depths \\[4, 6, 16, 1], widths .*, groups 1, 1000 classes");
  }

  @ParameterizedTest
  @EnumSource(RepVggVariant.class)
  void structureOfEveryVariantIsToldByItsShapes(RepVggVariant variant) throws Exception {
    BlockKind kind = variant.spec().blockOptions().kind();
    List<Naming> namings =
        Naming.dialects().stream().filter(d -> d.kind() == kind).map(Dialect::naming).toList();
    assertThat(namings).contains(Naming.OFFICIAL, Naming.TIMM);
    for (Naming naming : namings) {
      StateDictStructure found =
          StateDictStructure.of(new StateDict(FILE, "", shapesOf(variant, naming)));
      assertThat(found.naming()).isEqualTo(naming);
      assertThat(found.kind()).isEqualTo(kind);
      assertThat(found.spec()).contains(variant.spec());
    }
  }

  @Test
  void otherNetworksAreRefused() {
    Map<String, Tensor> tensors = Map.of("layer1.0.conv1.weight", Tensor.ofLong(1));
    assertThatThrownBy(() -> StateDictStructure.of(new StateDict(FILE, "", tensors)))
        .hasMessage(
            "some.pth: these are no tensor names of a RepVGG (official, timm, mmpretrain):"
                + " [layer1.0.conv1.weight]");
  }

  @Test
  void imageNetLabelsAreAThousand() {
    assertThat(ImageNetLabels.names())
        .hasSize(ImageNetLabels.COUNT)
        .startsWith("tench", "goldfish")
        .endsWith("toilet tissue");
  }

  /** Shapes only; the numbers are never asked for. */
  private static Map<String, Tensor> shapesOf(RepVggVariant variant, Naming naming) {
    RepVggSpec spec = variant.spec(1000, InputShape.square(224));
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSlot slot : TensorSlots.of(spec, Form.TRAINING, naming)) {
      tensors.put(slot.tensor(), new Tensor(slot.shape(), TensorType.FLOAT32, null));
    }
    return tensors;
  }

  private interface Change {
    void apply(Map<String, Tensor> tensors);
  }

  private static ImportedWeights load(RepVggSpec spec, Change change) throws Exception {
    Map<String, Tensor> tensors =
        new LinkedHashMap<>(WeightFiles.load(Golden.PLAIN.weights()).tensors());
    change.apply(tensors);
    return WeightImport.network(new StateDict(FILE, "", tensors), spec);
  }
}
