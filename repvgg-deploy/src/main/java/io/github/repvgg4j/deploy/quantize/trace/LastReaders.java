package io.github.repvgg4j.deploy.quantize.trace;

import io.github.repvgg4j.runtime.graph.FastGraph;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors nobody needs any more once a node is computed.
 *
 * @param byNode numbers of the nodes that gave them
 */
public record LastReaders(Map<Integer, List<Integer>> byNode) {

  public static LastReaders of(FastGraph graph) {
    Map<Integer, Integer> last = new HashMap<>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      for (int input : graph.nodes().get(n).inputs()) {
        last.put(input, n);
      }
    }
    Map<Integer, List<Integer>> byNode = new HashMap<>();
    last.forEach(
        (tensor, reader) -> {
          if (tensor != FastGraph.IMAGES && tensor != graph.head().node()) {
            byNode.computeIfAbsent(reader, r -> new ArrayList<>()).add(tensor);
          }
        });
    return new LastReaders(byNode);
  }

  /** Numbers of the nodes whose tensors may be forgotten. */
  public List<Integer> releasedBy(int node) {
    return byNode.getOrDefault(node, List.of());
  }
}
