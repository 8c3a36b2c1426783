package io.github.repvgg4j.weights.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** What a file holds by name, laid out flat; nothing of it is chosen, and no number is read yet. */
public interface Checkpoint {

  /** The file. */
  Path path();

  /** What may be weights, in the order of the file. */
  List<Candidate> candidates();

  /** Where what stands at a place was met first: one map may stand under several names. */
  String firstPlace(String place);

  /**
   * What stands beside a place on the way to it from the top, each in a few words.
   *
   * @param place the chosen one
   */
  List<String> beside(String place);

  /** What there is where there are no tensors, to follow the file's name in a message. */
  String withoutTensors();
}
