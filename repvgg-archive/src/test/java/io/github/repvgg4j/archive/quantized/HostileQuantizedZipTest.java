package io.github.repvgg4j.archive.quantized;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.archive.ArchiveException;
import io.github.repvgg4j.archive.ModelArchive;
import io.github.repvgg4j.archive.SafeZip;
import io.github.repvgg4j.archive.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** INT8 zips that lie or were damaged: each is refused in one line, before it costs memory. */
class HostileQuantizedZipTest {

  @TempDir Path folder;

  static Stream<Arguments> descriptions() {
    return Stream.of(
        json("schema: 2 is unknown", root -> root.put("schema", 2)),
        json("schema: must be a whole number, got nothing", root -> root.remove("schema")),
        json("weightLimit: must be 127 or 63, got 128", root -> root.put("weightLimit", 128)),
        json("weightLimit: must be a whole number, got \"63\"", r -> r.put("weightLimit", "63")),
        json("weightLimit: must be a whole number, got 63.0", r -> r.put("weightLimit", 63.0)),
        json("floatWeights: must be a sha256", root -> root.put("floatWeights", "ab")),
        json("integers: must be a text, got 7", root -> root.put("integers", 7)),
        json("int8.bin is not the one", root -> root.put("integers", "0".repeat(64))),
        json("holds other weights", root -> root.put("floatWeights", "0".repeat(64))),
        json("calibration: must be an object", root -> root.remove("calibration")),
        json("calibration.images: must be 1 or more", r -> calibration(r).put("images", 0)),
        json("calibration.hash: must be a text without", r -> calibration(r).put("hash", "x\ny")),
        json("calibration.activations: ", r -> calibration(r).put("activations", "a\nb")),
        json("tensors: must be a list", root -> root.put("tensors", 1)),
        json("tensors[0]: must be an object, got 5", root -> root.putArray("tensors").add(5)),
        json("tensors[0].type: must be U8 or S8, got U16", r -> tensor(r).put("type", "U16")),
        json("tensors[0].scale: must be a normal number greater than 0, got 0.0", scale(0)),
        json("tensors[0].scale: must be a normal number greater than 0, got -1.0", scale(-1)),
        json(
            "tensors[0].scale: must be a normal number greater than 0, got Infinity", scale(1e300)),
        json("tensors[0].scale: must be a normal number greater than 0, got 1.0E-40", scale(1e-40)),
        json("tensors[0].scale: must be a number, got \"NaN\"", r -> tensor(r).put("scale", "NaN")),
        json("tensors[0].scale: must be a number, got null", r -> tensor(r).putNull("scale")),
        json("tensors[0].zeroPoint: must be a code", r -> tensor(r).put("zeroPoint", 256)),
        json("tensors[0].zeroPoint: must be a code", r -> tensor(r).put("zeroPoint", -1)),
        json("tensors[0].zeroPoint: must be a whole number", r -> tensor(r).put("zeroPoint", 1e9)),
        json("tensors[1].node: stands twice: -1", r -> twice(r, "tensors")),
        json("observed: must be a list", root -> root.remove("observed")),
        json("observed[0].scale: must be a normal number", root -> observed(root).put("scale", 0)),
        json("observed: node 3 is no integer layer", root -> observed(root).put("node", 3)),
        json("layers[1].node: stands twice: 0", r -> twice(r, "layers")),
        json("layers: none computes in integers", root -> noLayers(root)),
        json("layers[0].name: must be a text", root -> layer(root).remove("name")),
        json("layers[0].name: ", root -> layer(root).put("name", "two\nlines")),
        json(
            "layers[0].weights: must be whole numbers", r -> layer(r).putArray("weights").add(1.5)),
        json("layers[0].weights: needs 2 to 5 axes, got 1", r -> axes(r, 6)),
        json("layers[0].weights: no layer has the axes", r -> axes(r, 2, 0)),
        json("layers[0].weights: no layer has the axes", r -> axes(r, -2, -3)),
        json("layers[0].weights: no layer has the axes", r -> axes(r, 1 << 30, 1 << 30)),
        json("layers[0].weights: no layer has the axes", r -> axes(r, 65536, 65536, 65536, 65536)),
        json("int8.bin has 14 bytes, the layers of int8.json take", r -> axes(r, 1 << 20, 1 << 10)),
        json("int8.bin has 14 bytes, the layers of int8.json take 20", r -> axes(r, 2, 6)),
        json("1 scales", root -> layer(root).putArray("scales").add(1)),
        json("3 scales", root -> layer(root).putArray("scales").add(1).add(1).add(1)),
        json("weightScales: must be a normal number greater than 0, got 0.0", weightScale(0)),
        json("weightScales: must be a normal number greater than 0, got -0.5", weightScale(-0.5)),
        json(
            "weightScales: must be a normal number greater than 0, got Infinity",
            weightScale(1e39)),
        json(
            "weightScales: must be a normal number greater than 0, got 9.8E-45",
            weightScale(1e-44)),
        json(
            "layers[0].scales: must be numbers, got a list",
            r -> layer(r).putArray("scales").addArray()),
        json("report: must be an object", root -> root.put("report", "good")),
        json("is lean and has coefficients.bin", root -> lean(root, 0, 1)));
  }

  private static Arguments json(String fault, Consumer<ObjectNode> change) {
    return Arguments.of(fault, change);
  }

  private static Consumer<ObjectNode> scale(double scale) {
    return root -> tensor(root).put("scale", scale);
  }

  private static Consumer<ObjectNode> weightScale(double scale) {
    return root -> layer(root).putArray("scales").add(0.5).add(scale);
  }

  private static ObjectNode calibration(ObjectNode root) {
    return (ObjectNode) root.get("calibration");
  }

  private static ObjectNode tensor(ObjectNode root) {
    return (ObjectNode) root.get("tensors").get(0);
  }

  private static ObjectNode observed(ObjectNode root) {
    return (ObjectNode) root.get("observed").get(0);
  }

  private static ObjectNode layer(ObjectNode root) {
    return (ObjectNode) root.get("layers").get(0);
  }

  private static void twice(ObjectNode root, String key) {
    ArrayNode list = (ArrayNode) root.get(key);
    list.add(list.get(0).deepCopy());
  }

  private static void axes(ObjectNode root, int... axes) {
    ArrayNode list = layer(root).putArray("weights");
    for (int axis : axes) {
      list.add(axis);
    }
  }

  private static void noLayers(ObjectNode root) {
    root.putArray("layers");
    root.put("integers", Sha256.of(new byte[0]));
  }

  private static void lean(ObjectNode root, long first, long count) {
    ObjectNode floats = root.putObject("floats").put("parameters", 17).put("hash", "0".repeat(64));
    floats.putArray("spans").addObject().put("first", first).put("count", count);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("descriptions")
  void aDescriptionThatLiesIsRefusedInOneLine(String fault, Consumer<ObjectNode> change)
      throws IOException {
    Map<String, byte[]> entries = entries(Optional.empty());
    ObjectNode root = SmallQuantizedZip.description(entries);
    change.accept(root);
    entries.put(QuantizedEntries.DESCRIPTION, SmallQuantizedZip.bytes(root));
    if (root.get("layers").isEmpty()) {
      entries.put(QuantizedEntries.INTEGERS, new byte[0]);
    }
    assertRefused(entries, fault);
  }

  static Stream<Arguments> leanDescriptions() {
    return Stream.of(
        json("floats.spans: must be a list", r -> floats(r).put("spans", 1)),
        json("floats.parameters: must be a whole number", r -> floats(r).put("parameters", -1)),
        json("floats: no network has 0 parameters", r -> floats(r).put("parameters", 0)),
        json("floats: no network has", r -> floats(r).put("parameters", Long.MAX_VALUE)),
        json("floats: span of 9 from 9 on is out of order or beyond", r -> span(r, 9, 9)),
        json("floats: span of 0 from 0 on", r -> span(r, 0, 0)),
        json("floats.spans[0].count: must be a whole number", r -> span(r, 0, -9)),
        json("floats: span of 9223372036854775807 from 0", r -> span(r, 0, Long.MAX_VALUE)),
        json("floats: span of 1 from 9223372036854775807", r -> span(r, Long.MAX_VALUE, 1)),
        json("int8-floats.bin has 36 bytes, the layers of int8.json take 32", r -> span(r, 0, 8)),
        json("int8-floats.bin is not the one", r -> floats(r).put("hash", "1".repeat(64))),
        json("is not lean and has no coefficients.bin", root -> root.remove("floats")));
  }

  private static ObjectNode floats(ObjectNode root) {
    return (ObjectNode) root.get("floats");
  }

  private static void span(ObjectNode root, long first, long count) {
    floats(root).putArray("spans").addObject().put("first", first).put("count", count);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("leanDescriptions")
  void aLeanDescriptionThatLiesIsRefusedInOneLine(String fault, Consumer<ObjectNode> change)
      throws IOException {
    Map<String, byte[]> entries = entries(Optional.of(SmallQuantizedZip.rest()));
    ObjectNode root = SmallQuantizedZip.description(entries);
    change.accept(root);
    entries.put(QuantizedEntries.DESCRIPTION, SmallQuantizedZip.bytes(root));
    assertRefused(entries, fault);
  }

  static Stream<Arguments> contents() {
    return Stream.of(
        content("int8.json: is no JSON", e -> e.put("int8.json", text("{\"schema\": NaN}"))),
        content("int8.json: is no JSON", e -> e.put("int8.json", text("{}{}"))),
        content("int8.json: is no JSON", e -> e.put("int8.json", text("[".repeat(100_000)))),
        content("int8.json: must be an object, got nothing", e -> e.put("int8.json", text(""))),
        content("int8.json: must be an object, got a list", e -> e.put("int8.json", text("[]"))),
        content("int8.json is larger than", e -> e.put("int8.json", new byte[(32 << 20) + 1])),
        content("not its entry int8.bin", e -> e.remove("int8.bin")),
        content("not its entry int8.json", e -> e.remove("int8.json")),
        content("int8.bin has 13 bytes", e -> e.put("int8.bin", new byte[13])),
        content("int8.bin has 15 bytes", e -> e.put("int8.bin", new byte[15])),
        content("int8.bin is not the one", e -> e.get("int8.bin")[5]++),
        content("coefficients.bin holds other weights", e -> swap(e)),
        content("is not lean and has no coefficients.bin", e -> e.remove("coefficients.bin")));
  }

  private static Arguments content(String fault, Consumer<Map<String, byte[]>> change) {
    return Arguments.of(fault, change);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void swap(Map<String, byte[]> entries) {
    byte[] weights = entries.get(ModelArchive.COEFFICIENTS);
    weights[weights.length - 1]++;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("contents")
  void entriesThatDoNotBelongTogetherAreRefusedInOneLine(
      String fault, Consumer<Map<String, byte[]>> change) throws IOException {
    Map<String, byte[]> entries = entries(Optional.empty());
    change.accept(entries);
    assertRefused(entries, fault);
  }

  /** With the right hash: it is the weight itself that is refused. */
  @ParameterizedTest
  @ValueSource(bytes = {64, -64, 127, -128})
  void aWeightBeyondTheLimitIsRefused(byte weight) throws IOException {
    Map<String, byte[]> entries = entries(Optional.empty());
    entries.get(QuantizedEntries.INTEGERS)[2] = weight;
    ObjectNode root = SmallQuantizedZip.description(entries);
    root.put("integers", Sha256.of(entries.get(QuantizedEntries.INTEGERS)));
    entries.put(QuantizedEntries.DESCRIPTION, SmallQuantizedZip.bytes(root));
    assertRefused(entries, "layer 0: weight " + weight + " is beyond ±63");
  }

  @Test
  void unchangedEntriesAreRead() throws IOException {
    Path file = SmallQuantizedZip.write(folder.resolve("x.zip"), entries(Optional.empty()));
    try (SafeZip zip = SafeZip.open(file)) {
      assertThat(QuantizedEntries.read(zip)).isPresent();
    }
  }

  private Map<String, byte[]> entries(Optional<FloatRest> rest) throws IOException {
    Path fast = SmallQuantizedZip.fast(folder.resolve("fast.zip"));
    Path int8 = folder.resolve("int8.zip");
    try (SafeZip zip = SafeZip.open(fast)) {
      new QuantizedZip(zip, SmallQuantizedZip.model(zip, rest)).write(int8);
    }
    return SmallQuantizedZip.entries(int8);
  }

  private void assertRefused(Map<String, byte[]> entries, String fault) throws IOException {
    Path file = SmallQuantizedZip.write(folder.resolve("hostile.zip"), entries);
    try (SafeZip zip = SafeZip.open(file)) {
      assertThatThrownBy(() -> QuantizedEntries.read(zip))
          .isInstanceOf(ArchiveException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageContaining(fault)
          .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    }
  }
}
