package io.github.repvgg4j.runtime.plan;

import io.github.repvgg4j.onednn.primitive.Function;
import io.github.repvgg4j.runtime.graph.FastLayer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Convolutions of one shape that follow one another, with nothing between them but layers that take
 * any layout. Winograd's kernels have a layout of their own, so one of them alone may lose to the
 * reorders around it what a run of them gains.
 *
 * @param nodes in order of computation
 * @param kernels that compute them, the preferred one first; never empty
 */
record WinogradRun(List<Integer> nodes, Shape shape, List<Kernel> kernels) {

  /**
   * All that decides how long one of them takes, but for threads.
   *
   * @param padding zeros on each side, or {@link FastLayer.Window#SAME}
   */
  record Shape(int batch, int in, int height, int width, int out, int padding, Function after) {

    /** {@code [N, in, H, W]} */
    long[] source() {
      return new long[] {batch, in, height, width};
    }
  }

  /** What another network's run has in common with this one. */
  record Key(Shape shape, int length, List<Kernel> kernels, int threads) {}

  WinogradRun {
    nodes = List.copyOf(nodes);
    kernels = List.copyOf(kernels);
  }

  Key key(int threads) {
    return new Key(shape, nodes.size(), kernels, threads);
  }

  int first() {
    return nodes.get(0);
  }

  int last() {
    return nodes.get(nodes.size() - 1);
  }

  /**
   * Which of its nodes shows how long another takes: the first, which may have a reorder before it,
   * itself; the second all others.
   */
  Map<Integer, Integer> standIns() {
    return nodes.stream().skip(2).collect(Collectors.toMap(node -> node, node -> nodes.get(1)));
  }
}
