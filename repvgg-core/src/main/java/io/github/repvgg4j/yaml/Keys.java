package io.github.repvgg4j.yaml;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where in a record and the records below it a key stands. */
final class Keys {

  /** Each key's sections; empty for the top. */
  private final Map<String, Set<String>> sections = new LinkedHashMap<>();

  Keys(Class<?> root) {
    collect("", root);
  }

  private void collect(String path, Class<?> type) {
    if (type.isSealed() && type.isInterface()) {
      Arrays.stream(type.getPermittedSubclasses()).forEach(option -> collect(path, option));
      add(path, Choice.KEY);
    } else if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        add(path, component.getName());
        collect(
            path.isEmpty() ? component.getName() : path + "." + component.getName(),
            item(component.getGenericType()));
      }
    }
  }

  private void add(String section, String key) {
    sections.computeIfAbsent(key, k -> new LinkedHashSet<>()).add(section);
  }

  private static Class<?> item(Type type) {
    return (Class<?>)
        (type instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : type);
  }

  /** The other sections that have this very key, in words: {@code below training}. */
  Optional<String> elsewhere(String key, String here) {
    List<String> found =
        sections.getOrDefault(key, Set.of()).stream()
            .filter(path -> !path.equals(here))
            .map(path -> path.isEmpty() ? "to the top, beside the sections" : "below " + path)
            .toList();
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join(" or ", found));
  }

  /** The keys of a record, or of all records of a choice. */
  Set<String> below(Class<?> type) {
    Set<String> keys = new LinkedHashSet<>();
    if (type.isRecord()) {
      Arrays.stream(type.getRecordComponents()).forEach(c -> keys.add(c.getName()));
    } else {
      keys.add(Choice.KEY);
    }
    return keys;
  }

  /** What {@code type} may be. */
  static List<String> choices(Class<?> type) {
    return Arrays.stream(type.getPermittedSubclasses())
        .map(option -> option.getAnnotation(Choice.class).value())
        .toList();
  }
}
