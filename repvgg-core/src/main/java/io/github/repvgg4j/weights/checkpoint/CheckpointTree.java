package io.github.repvgg4j.weights.checkpoint;

import io.github.repvgg4j.weights.checkpoint.PickleReader.Contents;
import io.github.repvgg4j.weights.checkpoint.PickleReader.Global;
import io.github.repvgg4j.weights.checkpoint.PickleReader.Tuple;
import io.github.repvgg4j.weights.checkpoint.TorchConstructors.Storage;
import io.github.repvgg4j.weights.checkpoint.TorchConstructors.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a pickle holds, laid out flat: every tensor at any depth of maps, lists and tuples with the
 * place where it stands. A container is entered once, so one that holds itself does no harm.
 */
final class CheckpointTree implements Checkpoint {

  /** Deeper than anyone nests, and harmless to a stack. */
  private static final int MAX_DEPTH = 64;

  /** Counting what stands under each of many names would take long. */
  private static final int MAX_DESCRIBED = 50;

  private final Path path;
  private final Contents contents;
  private final Object root;
  private final Function<View, Candidate.Source> sources;
  private final List<Candidate> candidates = new ArrayList<>();
  private final Map<Object, String> places = new IdentityHashMap<>();
  private final Map<String, String> aliases = new LinkedHashMap<>();

  /**
   * Lays a pickle out.
   *
   * @param sources makes the source of a tensor; nothing is read for it
   */
  CheckpointTree(Path path, Contents contents, Function<View, Candidate.Source> sources) {
    this.path = path;
    this.contents = contents;
    this.root = contents.root();
    this.sources = sources;
    enter("", root, 0);
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public List<Candidate> candidates() {
    return Collections.unmodifiableList(candidates);
  }

  @Override
  public String firstPlace(String place) {
    for (Map.Entry<String, String> alias : aliases.entrySet()) {
      if (isAtOrAbove(alias.getKey(), place)) {
        return alias.getValue() + place.substring(alias.getKey().length());
      }
    }
    return place;
  }

  @Override
  public String withoutTensors() {
    String kind = kind(root);
    if (contents.storages().isEmpty()) {
      return "holds no tensors but a " + kind + "; save model.state_dict()";
    }
    boolean isObject = root instanceof PythonObject;
    if (!isObject && objects().isEmpty()) {
      return "holds no tensors by name but a " + kind + "; save model.state_dict()";
    }
    return isObject
        ? "holds a whole Python object ("
            + kind
            + "), which only its own program can load; save model.state_dict() instead"
        : "holds its tensors within Python objects ("
            + String.join(", ", objects())
            + "), which are not looked into; save model.state_dict() instead";
  }

  /** Kinds of the objects within, the first few. */
  private List<String> objects() {
    return candidates.stream()
        .filter(c -> !c.isTensor())
        .map(Candidate::kind)
        .filter(kind -> kind.contains("."))
        .distinct()
        .limit(3)
        .toList();
  }

  private void enter(String place, Object container, int depth) {
    if (!isContainer(container) || depth > MAX_DEPTH) {
      return;
    }
    String first = places.putIfAbsent(container, place);
    if (first != null) {
      aliases.putIfAbsent(place, first);
      return;
    }
    boolean named = container instanceof Map || container instanceof PythonObject;
    items(container)
        .forEach(
            (key, value) -> {
              if (value instanceof View view) {
                candidates.add(Candidate.tensor(place, key, view.shape(), sources.apply(view)));
              } else if (named) {
                candidates.add(Candidate.other(place, key, kind(value)));
              }
              enter(place.isEmpty() ? key : place + "." + key, value, depth + 1);
            });
  }

  /** What a container holds, by key or by number; empty for everything else. */
  private static Map<String, Object> items(Object value) {
    if (value instanceof PythonObject object) {
      return items(object.items());
    }
    Map<String, Object> items = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, item) -> items.putIfAbsent(keyText(key), item));
    } else if (value instanceof Tuple || value instanceof List) {
      List<?> list = value instanceof Tuple tuple ? tuple.items() : (List<?>) value;
      for (int i = 0; i < list.size(); i++) {
        if (isContainer(list.get(i)) || list.get(i) instanceof View) {
          items.put(Integer.toString(i), list.get(i));
        }
      }
    }
    return items;
  }

  private static boolean isContainer(Object value) {
    return value instanceof Map
        || value instanceof List
        || value instanceof Tuple
        || (value instanceof PythonObject object && !object.items().isEmpty());
  }

  private static String keyText(Object key) {
    if (key instanceof PythonObject object) {
      return "(" + object.name() + ")";
    }
    String text = key.toString();
    return text.length() > Candidate.MAX_KEY ? Printable.text(text) : text;
  }

  @Override
  public List<String> beside(String place) {
    List<String> beside = new ArrayList<>();
    Object at = root;
    String here = "";
    while (at != null && !here.equals(place)) {
      Object next = null;
      String nextPlace = place;
      for (Map.Entry<String, Object> item : items(at).entrySet()) {
        String there = here.isEmpty() ? item.getKey() : here + "." + item.getKey();
        if (next == null && isContainer(item.getValue()) && isAtOrAbove(there, place)) {
          next = item.getValue();
          nextPlace = there;
        } else {
          beside.add(
              beside.size() < MAX_DESCRIBED
                  ? describe(there, item.getValue())
                  : Printable.text(there));
        }
      }
      at = next;
      here = nextPlace;
    }
    return beside;
  }

  private static boolean isAtOrAbove(String upper, String place) {
    return place.equals(upper) || place.startsWith(upper + ".");
  }

  private String describe(String place, Object value) {
    String name = Printable.text(place);
    if (!isContainer(value)) {
      return value instanceof PythonObject || value instanceof View
          ? name + " (" + kind(value) + ")"
          : name;
    }
    long tensors =
        candidates.stream().filter(c -> c.isTensor() && isAtOrAbove(place, c.place())).count();
    return tensors == 0 ? name : name + " (" + tensors + " tensors)";
  }

  /** What a value is, in a word or two; never its content. */
  static String kind(Object value) {
    if (value instanceof PythonObject object) {
      return object.name();
    }
    if (value instanceof Global global) {
      return Printable.text(global.name());
    }
    if (value instanceof View) {
      return "tensor";
    }
    if (value instanceof Storage) {
      return "storage";
    }
    if (value instanceof Map) {
      return "dict";
    }
    if (value instanceof Tuple) {
      return "tuple";
    }
    if (value instanceof List) {
      return "list";
    }
    if (value instanceof String) {
      return "text";
    }
    return value == PickleReader.NONE ? "None" : "number";
  }
}
