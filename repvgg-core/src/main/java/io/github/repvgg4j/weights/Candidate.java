package io.github.repvgg4j.weights;

import java.util.List;

/**
 * Something in a file that has a name and may be a weight; whose numbers it holds is not known yet.
 *
 * @param place the map in which it stands, such as {@code state_dict}; empty for the top
 * @param key its name in that map
 * @param shape of the tensor; null for what is none
 * @param source what a reader makes a {@link Tensor} of; null for what is no tensor
 * @param kind what it is, for messages
 */
record Candidate<T>(String place, String key, List<Long> shape, T source, String kind) {

  /** Longer names are cut: places repeat them at every level. */
  static final int MAX_KEY = 200;

  static <T> Candidate<T> tensor(String place, String key, List<Long> shape, T source) {
    return new Candidate<>(place, key, shape, source, "tensor");
  }

  static <T> Candidate<T> other(String place, String key, String kind) {
    return new Candidate<>(place, key, null, null, kind);
  }

  boolean isTensor() {
    return source != null;
  }

  /** Nested maps and dotted names read alike. */
  String name() {
    return place.isEmpty() ? key : place + "." + key;
  }
}
