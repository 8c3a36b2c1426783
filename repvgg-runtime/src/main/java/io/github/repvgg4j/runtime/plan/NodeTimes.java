package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.DataType;
import io.github.repvgg4j.onednn.Layout;
import io.github.repvgg4j.onednn.Memory;
import io.github.repvgg4j.onednn.program.Execution;
import io.github.repvgg4j.onednn.program.Scratch;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How long each node takes within a run of the network, where weights come from memory and
 * activations from caches as they do in service. Programs take turns, each turn a caller's among
 * the others, and the shortest of a few turns counts.
 */
final class NodeTimes implements AutoCloseable {

  private static final long BUDGET_NANOS = 500_000_000;
  private static final int FEWEST_ROUNDS = 2;
  private static final int MOST_ROUNDS = 7;

  private final NodeProgram network;
  private final Scratch scratch = new Scratch();
  private final Execution execution;
  private final long[] nanos;

  private NodeTimes(NodeProgram network, Memory images, Memory logits) {
    this.network = network;
    this.execution = new Execution(network.program(), () -> scratch);
    this.nanos = new long[network.ends().size()];
    Arrays.fill(nanos, Long.MAX_VALUE);
    execution.bind(images.address(), logits.address());
  }

  /**
   * Measures programs of one network beside each other: two turns of each, the first of which warms
   * up, and more while half a second lasts.
   *
   * @return of each program the nanoseconds of each node; 0 for one that is not in it
   */
  static List<long[]> of(List<NodeProgram> programs, PlanRequest request, int classes) {
    BatchShape shape = request.shape();
    Layout input =
        Layout.plain(DataType.F32, shape.batch(), shape.channels(), shape.height(), shape.width());
    List<NodeTimes> times = new ArrayList<>();
    try (Memory images = Memory.allocate(input);
        Memory logits = Memory.allocate(Layout.plain(DataType.F32, shape.batch(), classes))) {
      fill(images.floats());
      programs.forEach(program -> times.add(new NodeTimes(program, images, logits)));
      long end = System.nanoTime() + BUDGET_NANOS;
      for (int round = 0;
          round < FEWEST_ROUNDS || round < MOST_ROUNDS && System.nanoTime() < end;
          round++) {
        times.forEach(one -> Places.OF_PROCESS.run(request.threads(), one::run));
      }
      return times.stream().map(one -> one.nanos).toList();
    } finally {
      times.forEach(NodeTimes::close);
    }
  }

  /** Of both signs; what lay there before may hold numbers that take a CPU long. */
  private static void fill(FloatBuffer images) {
    while (images.hasRemaining()) {
      images.put(images.position() % 7 - 3);
    }
  }

  private void run() {
    for (int node = 0; node < nanos.length; node++) {
      int from = network.begin(node);
      int to = network.ends().get(node);
      long begin = System.nanoTime();
      if (from < to) {
        execution.run(from, to);
      }
      nanos[node] = from < to ? Math.min(nanos[node], System.nanoTime() - begin) : 0;
    }
  }

  @Override
  public void close() {
    execution.close();
    scratch.close();
  }
}
