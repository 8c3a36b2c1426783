package io.github.repvgg4j.spec;

import java.util.List;

/**
 * Checks shared by the records of this package; each failure names the key, the value and the rule.
 */
final class SpecChecks {

  private SpecChecks() {}

  static void positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + ": must be at least 1, got " + value);
    }
  }

  static List<Integer> positives(String what, List<Integer> values, int count) {
    if (values == null || values.size() != count) {
      throw new IllegalArgumentException(
          what + ": needs " + count + " numbers, got " + (values == null ? "none" : values));
    }
    for (int i = 0; i < count; i++) {
      Integer value = values.get(i);
      if (value == null || value < 1) {
        throw new IllegalArgumentException(
            what + "[" + i + "]: must be at least 1, got " + value + " in " + values);
      }
    }
    return List.copyOf(values);
  }
}
