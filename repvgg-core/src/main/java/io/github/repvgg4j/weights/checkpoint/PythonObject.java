package io.github.repvgg4j.weights.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something in a pickle that is neither plain data nor a tensor: an object, a set, the result of a
 * call. Only its name is kept. Nothing is imported or run, its arguments and its state are dropped
 * unread; what a subclass of dict was given item by item is data and stays.
 *
 * <p>No record: two of them are never the same, and none is hashed or compared by its content.
 */
final class PythonObject {

  private final String name;
  private Map<Object, Object> items = Map.of();

  /**
   * @param name of its class or of what made it, for messages
   */
  PythonObject(String name) {
    this.name = Printable.text(name);
  }

  String name() {
    return name;
  }

  /** What was stored under keys; empty unless it is a kind of dict. */
  Map<Object, Object> items() {
    return items;
  }

  /** The same, for storing; most objects are no dict and need no map. */
  Map<Object, Object> itemsToFill() {
    if (items.isEmpty()) {
      items = new LinkedHashMap<>();
    }
    return items;
  }
}
