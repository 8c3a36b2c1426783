package io.github.repvgg4j.weights;

import io.github.repvgg4j.weights.checkpoint.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Named tensors in the order of their file.
 *
 * @param source the file, for messages
 * @param location the map in which the tensors stood, such as {@code model}; empty for the top
 * @param prefix what was taken off their names, such as {@code module.}; empty for nothing
 * @param tensors name to tensor
 * @param beside what else the file holds
 */
public record StateDict(
    Path source, String location, String prefix, Map<String, Tensor> tensors, Beside beside) {

  /**
   * What was not taken, in words.
   *
   * @param leftOut names of tensors that stand beside the weights and are none of the network's
   * @param alternatives other places of such weights, to be asked for by name
   * @param others everything else
   */
  public record Beside(List<String> leftOut, List<String> alternatives, List<String> others) {

    /** Nothing else. */
    public static final Beside NOTHING = new Beside(List.of(), List.of(), List.of());

    public Beside {
      leftOut = List.copyOf(leftOut);
      alternatives = List.copyOf(alternatives);
      others = List.copyOf(others);
    }
  }

  public StateDict {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** Of a file that holds nothing else. */
  public StateDict(Path source, String location, Map<String, Tensor> tensors) {
    this(source, location, "", tensors, Beside.NOTHING);
  }
}
