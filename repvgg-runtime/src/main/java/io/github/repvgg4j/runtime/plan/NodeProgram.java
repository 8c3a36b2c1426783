package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.program.Program;
import java.util.List;

/**
 * A network's program for one shape.
 *
 * @param ends how many calls there are up to and with each node's
 */
record NodeProgram(Program program, List<Integer> ends) implements AutoCloseable {

  NodeProgram {
    ends = List.copyOf(ends);
  }

  int begin(int node) {
    return node == 0 ? 0 : ends.get(node - 1);
  }

  @Override
  public void close() {
    program.close();
  }
}
