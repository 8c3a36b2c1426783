package io.github.repvgg4j.data.listing;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** How many classes an image has. */
public enum Labelling {
  /** One, whatever its name holds. */
  ONE,
  /**
   * Any number, none too: a table names them with {@code |} between them. A folder is one class all
   * the same.
   */
  SEVERAL;

  private static final String SEPARATOR = "|";

  /** What a table says, so that the same classes are the same text. */
  String key(String cell) {
    return this == ONE ? cell : String.join(SEPARATOR, new TreeSet<>(names(cell)));
  }

  /**
   * The classes that a key of a table stands for.
   *
   * @param key as {@link #key} gives it
   */
  List<String> names(String key) {
    return this == ONE
        ? List.of(key)
        : Stream.of(key.split("\\|", -1)).map(String::strip).filter(n -> !n.isEmpty()).toList();
  }

  /** All classes of some keys, sorted. */
  SortedSet<String> allNames(Collection<String> keys) {
    SortedSet<String> names = new TreeSet<>();
    keys.forEach(key -> names.addAll(names(key)));
    return names;
  }
}
