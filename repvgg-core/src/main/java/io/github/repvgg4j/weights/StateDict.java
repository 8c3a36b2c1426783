package io.github.repvgg4j.weights;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named tensors in the order of their file.
 *
 * @param source the file, for messages
 * @param location where in the file the tensors stood, such as {@code model}; empty for the top
 * @param tensors name to tensor
 */
public record StateDict(Path source, String location, Map<String, Tensor> tensors) {

  public StateDict {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }
}
