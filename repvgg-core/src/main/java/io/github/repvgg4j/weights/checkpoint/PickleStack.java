package io.github.repvgg4j.weights.checkpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** What a pickle has made and not yet put into something else. */
final class PickleStack {

  private static final Object MARK = new Object();

  private final Deque<Object> stack = new ArrayDeque<>();

  void push(Object value) {
    stack.push(value);
  }

  Object pop() {
    return stack.pop();
  }

  /** The last one, which stays. */
  Object top() {
    return stack.element();
  }

  /** Where the items of a container begin. */
  void mark() {
    stack.push(MARK);
  }

  List<Object> popToMark() {
    List<Object> items = new ArrayList<>();
    for (Object item = stack.pop(); item != MARK; item = stack.pop()) {
      items.add(item);
    }
    Collections.reverse(items);
    return items;
  }

  List<Object> popLast(int count) {
    Object[] items = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      items[i] = stack.pop();
    }
    return new ArrayList<>(List.of(items));
  }

  @SuppressWarnings("unchecked") // every list on the stack was made above
  void append(List<Object> items) {
    if (!(stack.element() instanceof PythonObject)) {
      ((List<Object>) stack.element()).addAll(items);
    }
  }

  @SuppressWarnings("unchecked") // as was every map
  void setItems(List<Object> pairs) {
    Object target = stack.element();
    put(target instanceof PythonObject of ? of.itemsToFill() : (Map<Object, Object>) target, pairs);
  }

  /** Keys other than text and integers are not hashed: a tuple may hold itself many times over. */
  static Map<Object, Object> put(Map<Object, Object> map, List<Object> pairs) {
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      boolean plain = key instanceof String || key instanceof Long;
      map.put(plain ? key : new PythonObject(CheckpointTree.kind(key)), pairs.get(i + 1));
    }
    return map;
  }
}
