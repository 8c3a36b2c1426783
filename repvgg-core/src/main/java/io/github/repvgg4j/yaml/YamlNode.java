package io.github.repvgg4j.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a YAML document. Aliases and merge keys are resolved. */
public sealed interface YamlNode {

  /** Where it stands, from 1: the line of its key, for what has one; 0 where no file holds it. */
  int line();

  /** What it is, in words. */
  String kind();

  /**
   * Keys and values, in the file's order.
   *
   * @param line from 1
   * @param entries values by their keys
   */
  record Mapping(int line, Map<String, YamlNode> entries) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String kind() {
      return "keys with values";
    }

    /** The value of a key; null where it is missing. */
    public YamlNode get(String key) {
      return entries.get(key);
    }

    /** Whether a key has a value that is not null. */
    public boolean has(String key) {
      return entries.get(key) != null && !isNull(entries.get(key));
    }

    /** The same with another value of a key; null takes the key out. */
    public Mapping with(String key, YamlNode value) {
      Map<String, YamlNode> changed = new LinkedHashMap<>(entries);
      if (value == null) {
        changed.remove(key);
      } else {
        changed.put(key, value);
      }
      return new Mapping(line, changed);
    }
  }

  /**
   * A list.
   *
   * @param line from 1
   * @param items in order
   */
  record Sequence(int line, List<YamlNode> items) implements YamlNode {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * A single value as its text.
   *
   * @param line from 1
   * @param text as it was written, without quotes
   * @param plain whether it stood without quotes, so that it may be a number or a truth value
   */
  record Scalar(int line, String text, boolean plain) implements YamlNode {
    @Override
    public String kind() {
      return "'" + text + "'";
    }
  }

  /** Whether a value stands for none: nothing, {@code ~} or {@code null}. */
  static boolean isNull(YamlNode node) {
    return node instanceof Scalar scalar
        && scalar.plain()
        && scalar.text().matches("|~|null|Null|NULL");
  }
}
