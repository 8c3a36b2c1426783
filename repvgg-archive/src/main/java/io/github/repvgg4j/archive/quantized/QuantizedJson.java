package io.github.repvgg4j.archive.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.repvgg4j.archive.JsonTree;
import io.github.repvgg4j.archive.quantized.QuantizedNetwork.Calibration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The entry {@link QuantizedEntries#DESCRIPTION}: everything of an INT8 network but integers. */
final class QuantizedJson {

  private static final int SCHEMA = 1;

  /** Only writing needs it, and readers start quicker without. */
  private static final class Writing {
    private static final ObjectMapper JSON = new ObjectMapper();
  }

  private QuantizedJson() {}

  /**
   * What the entry says.
   *
   * @param integers sha256 of the entry {@link QuantizedEntries#INTEGERS}
   * @param floats sha256 of the entry {@link QuantizedEntries#FLOATS}, where there is one
   * @param scales of the weights, by node number
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Description(
      int weightLimit,
      String floatWeights,
      String integers,
      Calibration calibration,
      SortedMap<Integer, Codes> tensors,
      SortedMap<Integer, Codes> observed,
      SortedMap<Integer, LayerShape> shapes,
      SortedMap<Integer, float[]> scales,
      JsonNode report,
      Optional<FloatRest> rest,
      String floats) {}

  /** UTF-8; scales with all the digits of a double, so that they are read again bit for bit. */
  static byte[] write(QuantizedModel model, String integers, String floats) throws IOException {
    QuantizedNetwork network = model.network();
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("schema", SCHEMA);
    root.put("weightLimit", network.weightLimit());
    root.put("floatWeights", network.floatWeights());
    root.put("integers", integers);
    root.putObject("calibration")
        .put("images", network.calibration().images())
        .put("hash", network.calibration().hash())
        .put("activations", network.calibration().activations());
    root.set("tensors", tensors(network.tensors()));
    root.set("observed", tensors(model.observed()));
    ArrayNode layers = root.putArray("layers");
    network
        .layers()
        .forEach((node, layer) -> layers.add(layer(node, model.shapes().get(node), layer)));
    model.rest().ifPresent(rest -> root.set("floats", rest(rest, floats)));
    root.set("report", model.report());
    return Writing.JSON.writeValueAsBytes(root);
  }

  private static ArrayNode tensors(SortedMap<Integer, Codes> tensors) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    tensors.forEach(
        (node, codes) ->
            list.addObject()
                .put("node", node)
                .put("type", codes.type().name())
                .put("scale", (double) codes.scale())
                .put("zeroPoint", codes.zeroPoint()));
    return list;
  }

  private static ObjectNode layer(int node, LayerShape shape, QuantizedLayer layer) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("node", node);
    json.put("name", shape.name());
    ArrayNode axes = json.putArray("weights");
    shape.axes().forEach(axes::add);
    ArrayNode scales = json.putArray("scales");
    for (float scale : layer.weightScales()) {
      scales.add((double) scale);
    }
    return json;
  }

  private static ObjectNode rest(FloatRest rest, String hash) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("parameters", rest.parameters()).put("hash", hash);
    ArrayNode spans = json.putArray("spans");
    rest.spans()
        .forEach(span -> spans.addObject().put("first", span.first()).put("count", span.count()));
    return json;
  }

  /**
   * Reads and checks it.
   *
   * @throws IOException where it is no JSON
   * @throws IllegalArgumentException one line that names the key at fault
   */
  static Description read(byte[] json) throws IOException {
    Keys root = new Keys("", JsonTree.read(json));
    if (root.whole("schema") != SCHEMA) {
      throw new IllegalArgumentException(
          "schema: " + root.whole("schema") + " is unknown to this version; use a newer repvgg4j");
    }
    SortedMap<Integer, LayerShape> shapes = new TreeMap<>();
    SortedMap<Integer, float[]> scales = new TreeMap<>();
    for (Keys layer : root.objects("layers")) {
      once(shapes, layer, shape(layer));
      scales.put(layer.whole("node"), scales(layer));
    }
    Optional<Keys> rest = root.optional("floats");
    return new Description(
        root.whole("weightLimit"),
        root.hash("floatWeights"),
        root.hash("integers"),
        calibration(root.object("calibration")),
        tensors(root.objects("tensors")),
        tensors(root.objects("observed")),
        shapes,
        scales,
        root.object("report").json(),
        rest.map(QuantizedJson::rest),
        rest.map(floats -> floats.hash("hash")).orElse(""));
  }

  private static Calibration calibration(Keys calibration) {
    int images = calibration.whole("images");
    if (images < 1) {
      throw calibration.fault("images", "must be 1 or more, got " + images);
    }
    return new Calibration(images, calibration.hash("hash"), calibration.text("activations"));
  }

  private static SortedMap<Integer, Codes> tensors(List<Keys> list) {
    SortedMap<Integer, Codes> tensors = new TreeMap<>();
    for (Keys tensor : list) {
      once(tensors, tensor, codes(tensor));
    }
    return tensors;
  }

  private static <T> void once(SortedMap<Integer, T> map, Keys entry, T value) {
    int node = entry.whole("node");
    if (map.put(node, value) != null) {
      throw entry.fault("node", "stands twice: " + node);
    }
  }

  private static Codes codes(Keys tensor) {
    String name = tensor.text("type");
    for (Codes.Type type : Codes.Type.values()) {
      if (type.name().equals(name)) {
        return tensor.checked(
            () -> new Codes(type, tensor.number("scale"), tensor.whole("zeroPoint")));
      }
    }
    throw tensor.fault("type", "must be U8 or S8, got " + name);
  }

  private static LayerShape shape(Keys layer) {
    List<Integer> axes = new ArrayList<>();
    for (JsonNode axis : layer.list("weights")) {
      if (!axis.isInt()) {
        throw layer.fault("weights", "must be whole numbers, got " + Keys.shown(axis));
      }
      axes.add(axis.asInt());
    }
    return layer.checked(() -> new LayerShape(layer.text("name"), axes));
  }

  private static float[] scales(Keys layer) {
    JsonNode list = layer.list("scales");
    float[] scales = new float[list.size()];
    for (int i = 0; i < scales.length; i++) {
      if (!list.get(i).isNumber()) {
        throw layer.fault("scales", "must be numbers, got " + Keys.shown(list.get(i)));
      }
      scales[i] = list.get(i).floatValue();
    }
    return scales;
  }

  private static FloatRest rest(Keys floats) {
    List<FloatRest.Span> spans = new ArrayList<>();
    for (Keys span : floats.objects("spans")) {
      spans.add(new FloatRest.Span(span.large("first"), span.large("count")));
    }
    return floats.checked(() -> new FloatRest(floats.large("parameters"), spans));
  }
}
