package io.github.repvgg4j.runtime.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.repvgg4j.onednn.primitive.Function;

/** One layer of {@code configuration.json}; what it lacks or has too much is named in the error. */
record LayerJson(int index, JsonNode json) {

  /** The simple name of the layer's class. */
  String type() {
    return simpleName(json.path("@class").asText("unknown"));
  }

  /** The simple name of the activation function's class. */
  String activation() {
    return simpleName(json.path("activationFn").path("@class").asText("unknown"));
  }

  String where() {
    return "layer " + index + " '" + json.path("layerName").asText("") + "'";
  }

  int number(String key) {
    return json.path(key).asInt();
  }

  String text(String key) {
    return json.path(key).asText();
  }

  boolean flag(String key) {
    return json.path(key).asBoolean();
  }

  /** The one number of a pair such as kernelSize; a pair of two different ones is refused. */
  int square(String key) {
    JsonNode pair = json.path(key);
    if (pair.size() != 2 || pair.get(0).asInt() != pair.get(1).asInt()) {
      throw unsupported(key + " " + pair + " is not square", "use a square one");
    }
    return pair.get(0).asInt();
  }

  /** A number of the activation function. */
  double activationNumber(String key) {
    return json.path("activationFn").path(key).asDouble();
  }

  /** A ReLU, with its slope where it has one; one with threshold or maximum is refused. */
  Function relu(String remedy) {
    if (activationNumber("threshold") != 0 || json.path("activationFn").path("max").isNumber()) {
      throw unsupported("a ReLU with threshold or maximum", remedy);
    }
    return Function.relu(activationNumber("negativeSlope"));
  }

  void require(String key, String value, String remedy) {
    String actual = text(key);
    if (!actual.equals(value)) {
      throw unsupported(key + " is " + actual + ", not " + value, remedy);
    }
  }

  UnsupportedLayerException unsupported(String what, String remedy) {
    return new UnsupportedLayerException(where() + " (" + type() + ")", what, remedy);
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
