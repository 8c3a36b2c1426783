package io.github.repvgg4j.archive.quantized;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An INT8 network and what else its file says of it.
 *
 * @param network the integers
 * @param shapes of its layers, by node number; the same numbers as {@code network.layers()}
 * @param observed codes that would hold the results of integer layers which give float32 here, for
 *     runtimes whose integer convolutions give codes only; by node number, may be empty
 * @param report what the quantiser found, an object; nothing here reads it
 * @param rest what a lean zip keeps of the float32 parameters; empty where all of them are there
 */
public record QuantizedModel(
    QuantizedNetwork network,
    SortedMap<Integer, LayerShape> shapes,
    SortedMap<Integer, Codes> observed,
    JsonNode report,
    Optional<FloatRest> rest) {

  /**
   * @throws IllegalArgumentException one line: layers and shapes that do not fit each other
   */
  public QuantizedModel {
    shapes = Collections.unmodifiableSortedMap(new TreeMap<>(shapes));
    if (!shapes.keySet().equals(network.layers().keySet())) {
      throw new IllegalArgumentException(
          "layers: " + network.layers().keySet() + " have the shapes of " + shapes.keySet());
    }
    observed = Collections.unmodifiableSortedMap(new TreeMap<>(observed));
    for (int node : observed.keySet()) {
      if (!network.layers().containsKey(node) || network.tensors().containsKey(node)) {
        throw new IllegalArgumentException(
            "observed: node " + node + " is no integer layer that gives float32");
      }
    }
    for (var layer : network.layers().entrySet()) {
      LayerShape shape = shapes.get(layer.getKey());
      QuantizedLayer integers = layer.getValue();
      if (shape.weights() != integers.weights().length || shape.out() != integers.out()) {
        throw new IllegalArgumentException(
            "layer "
                + layer.getKey()
                + ": "
                + integers.weights().length
                + " weights of "
                + integers.out()
                + " outputs do not fit the axes "
                + shape.axes());
      }
    }
    if (!report.isObject()) {
      throw new IllegalArgumentException("report: must be an object, got " + report);
    }
  }

  /** Whether the file has no float32 weights of the layers that compute in integers. */
  public boolean isLean() {
    return rest.isPresent();
  }

  /** Bytes of weights and biases in integers. */
  public long integerBytes() {
    return IntegerBytes.length(shapes.values());
  }
}
