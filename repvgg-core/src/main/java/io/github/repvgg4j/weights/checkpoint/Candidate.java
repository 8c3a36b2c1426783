package io.github.repvgg4j.weights.checkpoint;

import java.io.IOException;
import java.util.List;

/**
 * Something in a file that has a name and may be a weight; whose numbers it holds is not known yet.
 *
 * @param place the map in which it stands, such as {@code state_dict}; empty for the top
 * @param key its name in that map
 * @param shape of the tensor; null for what is none
 * @param source makes the tensor; null for what is none
 * @param kind what it is, for messages
 */
public record Candidate(String place, String key, List<Long> shape, Source source, String kind) {

  /** Longer names are cut: places repeat them at every level. */
  static final int MAX_KEY = 200;

  /** Makes a tensor of what a reader found. */
  @FunctionalInterface
  public interface Source {

    /**
     * The tensor; its numbers stay in the file.
     *
     * @param what file and name, for messages
     */
    Tensor tensor(String what) throws IOException;
  }

  static Candidate tensor(String place, String key, List<Long> shape, Source source) {
    return new Candidate(place, key, shape, source, "tensor");
  }

  static Candidate other(String place, String key, String kind) {
    return new Candidate(place, key, null, null, kind);
  }

  /** Whether it has numbers. */
  public boolean isTensor() {
    return source != null;
  }

  /** Nested maps and dotted names read alike. */
  public String name() {
    return place.isEmpty() ? key : place + "." + key;
  }
}
