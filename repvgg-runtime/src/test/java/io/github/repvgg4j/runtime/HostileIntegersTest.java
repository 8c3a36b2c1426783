package io.github.repvgg4j.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelMetadata;
import io.github.repvgg4j.archive.ModelMetadata.Form;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.quantized.Codes;
import io.github.repvgg4j.archive.quantized.Codes.Type;
import io.github.repvgg4j.archive.quantized.FloatRest;
import io.github.repvgg4j.archive.quantized.LayerShape;
import io.github.repvgg4j.archive.quantized.QuantizedLayer;
import io.github.repvgg4j.archive.quantized.QuantizedModel;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork;
import io.github.repvgg4j.archive.quantized.QuantizedZip;
import io.github.repvgg4j.modelzip.ModelZipWriter;
import io.github.repvgg4j.onednn.Precision;
import io.github.repvgg4j.runtime.graph.ConfigurationReader;
import io.github.repvgg4j.runtime.graph.FastGraph;
import io.github.repvgg4j.runtime.graph.QuantizedFit;
import io.github.repvgg4j.runtime.source.NetworkParts;
import io.github.repvgg4j.spec.InputShape;
import io.github.repvgg4j.spec.RepVggSpec;
import io.github.repvgg4j.spec.RepVggSpec.BlockOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * INT8 zips whose entries are in order, and whose integers are not those of the network beside
 * them: refused in one line, before any of them is computed with.
 */
class HostileIntegersTest {

  private static final RepVggSpec SPEC =
      RepVggSpec.of(List.of(1, 1, 1, 1), List.of(8, 8, 8, 16, 16), 3, InputShape.square(32))
          .withBlockOptions(new BlockOptions(2, true));

  private static final int LAST = 11; // the dense layer: ten of blocks and gates, pooling, dense

  @TempDir Path folder;

  /** What a file says, to be changed. */
  private record Said(
      SortedMap<Integer, QuantizedLayer> layers,
      SortedMap<Integer, Codes> tensors,
      SortedMap<Integer, LayerShape> shapes) {}

  static Stream<Arguments> lies() {
    return Stream.of(
        lie("layers: node 12 is not among the network's 12", said -> move(said, 0, 12)),
        lie("layers: node -1 is not among the network's 12", said -> move(said, 0, -1)),
        lie("is no convolution or dense layer, and has integers", said -> move(said, 0, 1)),
        lie("tensors: node 99 is not among", said -> said.tensors.put(99, codes(1))),
        lie("tensors: node -2 is not among", said -> said.tensors.put(-2, codes(1))),
        lie("is the network's output, which is float32", s -> s.tensors.put(LAST, codes(1))),
        lie("reads codes, and its input (node -1) has no scale", s -> s.tensors.remove(-1)),
        lie("reads codes, and its input (node 10) has no scale", s -> s.tensors.remove(10)),
        lie("weights: are [8, 27], the network's [8, 3, 3, 3]", said -> turned(said)),
        lie("weights for 8 outputs, the network's are [8, 3, 3, 3]", said -> longer(said)),
        lie("output 7: sums may reach", said -> bias(said, Integer.MAX_VALUE)),
        lie("output 7: sums may reach", said -> bias(said, Integer.MIN_VALUE)),
        lie("multiply to no normal float32", said -> scales(said, 1e-20f, 1e-20f)),
        lie("multiply to no normal float32", said -> scales(said, 1e30f, 1e30f)));
  }

  private static Arguments lie(String fault, Consumer<Said> change) {
    return Arguments.of(fault, change);
  }

  private static Codes codes(float scale) {
    return new Codes(Type.U8, scale, 0);
  }

  private static void move(Said said, int from, int to) {
    said.layers.put(to, said.layers.remove(from));
    said.shapes.put(to, said.shapes.remove(from));
  }

  private static void turned(Said said) {
    said.shapes.put(0, new LayerShape("x", List.of(8, 27)));
  }

  private static void longer(Said said) {
    QuantizedLayer first = said.layers.get(0);
    said.shapes.put(0, new LayerShape("x", List.of(8, 4, 3, 3)));
    byte[] weights = Arrays.copyOf(first.weights(), 8 * 4 * 9);
    said.layers.put(0, new QuantizedLayer(weights, first.weightScales(), first.bias()));
  }

  private static void bias(Said said, int bias) {
    QuantizedLayer first = said.layers.get(0);
    int[] sums = first.bias().clone();
    sums[7] = bias;
    said.layers.put(0, new QuantizedLayer(first.weights(), first.weightScales(), sums));
  }

  private static void scales(Said said, float input, float weight) {
    QuantizedLayer first = said.layers.get(0);
    float[] scales = first.weightScales().clone();
    Arrays.fill(scales, weight);
    said.layers.put(0, new QuantizedLayer(first.weights(), scales, first.bias()));
    said.tensors.put(-1, new Codes(Type.U8, input, 128));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void integersOfAnotherNetworkAreRefusedInOneLine(String fault, Consumer<Said> change)
      throws IOException {
    Path file = write(change, rest -> Optional.empty());
    assertThatThrownBy(() -> load(file, Precision.INT8))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(file + ": int8.json: ")
        .hasMessageContaining(fault)
        .hasMessageEndingWith("; quantize the fast zip again")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void floatsOfOtherLayersAreRefused() throws IOException {
    Path file =
        write(
            said -> {},
            rest ->
                Optional.of(
                    new FloatRest(
                        rest.parameters(), rest.spans().subList(0, rest.spans().size() - 1))));
    assertThatThrownBy(() -> load(file, Precision.INT8))
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining(
            "floats: are not the parameters of the layers that compute in float32");
  }

  @Test
  void aSoundFileRunsInBothPrecisionsAndALeanOneInIntegersOnly() throws IOException {
    Path whole = write(said -> {}, rest -> Optional.empty());
    load(whole, Precision.INT8).close();
    load(whole, Precision.FP32).close();
    Path lean = write(said -> {}, Optional::of);
    load(lean, Precision.INT8).close();
    assertThatThrownBy(() -> load(lean, Precision.FP32))
        .isInstanceOf(ArchiveException.class)
        .hasMessageStartingWith(lean + ": is a lean INT8 zip, without the FP32 weights");
  }

  private static FastNetwork load(Path file, Precision precision) throws IOException {
    return FastNetwork.load(file, RuntimeOptions.of(precision));
  }

  private Path write(Consumer<Said> change, Function<FloatRest, Optional<FloatRest>> lean)
      throws IOException {
    MultiLayerNetwork network = FusedNetworks.of(SPEC, 3);
    Path fast = folder.resolve("fast.zip");
    ModelZipWriter.of(network, ModelMetadata.of(Form.FAST, SPEC)).write(fast);
    NetworkParts parts = ArrayNetwork.parts(network, SPEC.input(), Optional.empty());
    FastGraph graph = ConfigurationReader.read(parts.configuration());
    QuantizedNetwork sound =
        SimpleQuantizer.PLAIN
            .portable()
            .quantize(parts, IntegerNetworkTest.images(1, 2, SPEC.input()), 2);
    Said said =
        new Said(
            new TreeMap<>(sound.layers()),
            new TreeMap<>(sound.tensors()),
            new TreeMap<>(QuantizedFit.shapes(graph, sound)));
    change.accept(said);
    Path target = folder.resolve("int8.zip");
    try (SafeZip zip = SafeZip.open(fast)) {
      QuantizedNetwork changed =
          new QuantizedNetwork(
              said.layers,
              said.tensors,
              sound.weightLimit(),
              QuantizedZip.floatWeights(zip),
              sound.calibration());
      QuantizedModel model =
          new QuantizedModel(
              changed,
              said.shapes,
              new TreeMap<>(Map.of()),
              JsonNodeFactory.instance.objectNode(),
              lean.apply(QuantizedFit.rest(graph, sound)));
      new QuantizedZip(zip, model).write(target);
    }
    return target;
  }
}
