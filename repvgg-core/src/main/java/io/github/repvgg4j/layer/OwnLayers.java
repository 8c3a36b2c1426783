package io.github.repvgg4j.layer;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Says whether a model needs this library to be loaded. Deeplearning4j's own message for a missing
 * layer class speaks of "pre version 1.0.0-beta" files and leads astray.
 */
public final class OwnLayers {

  private static final String PREFIX = "io.github.repvgg4j.";

  private OwnLayers() {}

  /**
   * @param configurationJson entry {@code configuration.json} of a model zip, or {@code toJson()}
   *     of a configuration
   * @return names of this library's classes in it, sorted; empty when Deeplearning4j alone loads it
   * @throws IllegalArgumentException when it is not JSON
   */
  public static SortedSet<String> namedIn(String configurationJson) {
    SortedSet<String> names = new TreeSet<>();
    try {
      for (String name :
          new ObjectMapper().readTree(configurationJson).findValuesAsText("@class")) {
        if (name.startsWith(PREFIX)) {
          names.add(name);
        }
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("configuration.json is not JSON; damaged file?", e);
    }
    return Collections.unmodifiableSortedSet(names);
  }
}
